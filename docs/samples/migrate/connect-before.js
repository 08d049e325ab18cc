const socket = new WebSocket(`${gatewayUrl}/ws/v1/status/${userId}`, {
  headers: { Authorization: `Bearer ${token}` },
});
