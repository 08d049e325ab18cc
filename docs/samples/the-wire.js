const socket = new WebSocket(`wss://realtime.example/ws?token=${encodeURIComponent(token)}`);

socket.addEventListener('message', (message) => {
  const { event, data } = JSON.parse(message.data);
  if (event === 'batch_results_ready') showResults(data.batch_id);
});

socket.addEventListener('close', ({ code, reason }) => {
  if (code === 1008) explain(JSON.parse(reason).error_code); // such as TOKEN_EXPIRED
});
