const token = await getAccessToken();
const socket = new WebSocket(`${realtimeUrl}/ws?token=${encodeURIComponent(token)}`);
