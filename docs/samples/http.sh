curl -s http://localhost:8004/healthz
curl -s http://localhost:8004/dev/tokens --json '{"user_id":"teacher-1","lifetime_seconds":60}'
curl -s http://localhost:8004/dev/notifications --json '{"user_id":"teacher-1","payload":"{\"event\":\"class_created\",\"data\":{}}"}'
