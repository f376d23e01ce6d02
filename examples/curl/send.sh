#!/bin/sh
# Sends a text with nothing but curl, through the plain port.
#
#   eval "$(npx trunkline env)"
#   examples/curl/send.sh +15551234567 "Hello from curl"
set -eu

to=${1:-+15551234567}
body=${2:-Hello from curl}
url=${BASE_URL:-http://127.0.0.1:8080}

curl --fail-with-body --silent --show-error --noproxy '*' \
  --user "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \
  "$url/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json" \
  --data-urlencode "To=$to" \
  --data-urlencode "From=${TWILIO_PHONE_NUMBER:-+15005550100}" \
  --data-urlencode "Body=$body"
echo
