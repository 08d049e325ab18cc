socket.addEventListener('message', (message) => {
  const { event, data } = JSON.parse(message.data);
  switch (event) {
    case 'batch_results_ready':
      showResults(data.batch_id);
      break;
    default:
      break;
  }
});
