#: if minted
# In development the service mints it: put how you get an access token here.
token() {
  curl -sS --fail --json "$1" 'http://localhost:8004/dev/tokens' | sed 's/.*"token":"\([^"]*\)".*/\1/'
}
#: else
#~ # Before: export TOKEN=<the access token of the user>
#: end

#: if many
# Each keeps running: start it in a terminal of its own.
#: end
#: each connection
#: if minted
TOKEN=$(token '{"user_id":"teacher-1","lifetime_seconds":3600}')
#: end
npx wscat --connect 'ws://localhost:8004/ws'"?token=$TOKEN"
#: end
