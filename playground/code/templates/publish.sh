#: if redis
# REDIS_URL: where the service has its Redis; this machine unless set.
#: if several
#~ redis-cli -u "${REDIS_URL:-redis://127.0.0.1:6379}" -r 20 -i 0.1 PUBLISH 'ws:teacher-1' '{"event":"class_created","data":{}}'
#: else
redis-cli -u "${REDIS_URL:-redis://127.0.0.1:6379}" PUBLISH 'ws:teacher-1' '{"event":"class_created","data":{}}'
#: end
#: else
#~ # The broker is embedded: the service publishes, in development only.
#~ #: if several
#~ sent=0
#~ while [ "$sent" -lt 20 ]; do
#~   curl -sS --fail --json '{"user_id":"teacher-1","payload":"{\"event\":\"class_created\",\"data\":{}}"}' 'http://localhost:8004/dev/notifications'
#~   sent=$((sent + 1))
#~   #: if paced
#~   sleep 0.1
#~   #: end
#~ done
#~ #: else
#~ curl -sS --fail --json '{"user_id":"teacher-1","payload":"{\"event\":\"class_created\",\"data\":{}}"}' 'http://localhost:8004/dev/notifications'
#~ #: end
#: end
