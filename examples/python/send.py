"""Sends a text and waits until it is delivered. Nothing in here knows of Trunkline:

    pip install twilio
    eval "$(npx trunkline env)"
    python3 examples/python/send.py +15551234567 "Hello from Python"
"""

import os
import sys
import time

from twilio.rest import Client

to = sys.argv[1] if len(sys.argv) > 1 else "+15551234567"
body = sys.argv[2] if len(sys.argv) > 2 else "Hello from Python"
sender = os.environ.get("TWILIO_PHONE_NUMBER", "+15005550100")

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
message = client.messages.create(to=to, from_=sender, body=body)
print(message.sid, message.status)
while message.status not in ("delivered", "undelivered", "failed"):
    time.sleep(0.1)
    message = message.fetch()
print(message.sid, message.status)
