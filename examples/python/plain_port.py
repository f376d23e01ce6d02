"""Sends a text through the plain port: one line tells the SDK where that is. Needs no proxy and no certificate.

    pip install twilio
    TWILIO_ACCOUNT_SID=AC… TWILIO_AUTH_TOKEN=… python3 examples/python/plain_port.py
"""

import os
import sys

from twilio.rest import Client

to = sys.argv[1] if len(sys.argv) > 1 else "+15551234567"
body = sys.argv[2] if len(sys.argv) > 2 else "Hello from the plain port"
sender = os.environ.get("TWILIO_PHONE_NUMBER", "+15005550100")

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
client.api.base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8080")

message = client.messages.create(to=to, from_=sender, body=body)
print(message.sid, message.status)
