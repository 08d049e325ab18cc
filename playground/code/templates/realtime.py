import asyncio
import json
#: if !minted
#~ import os
#: end
#: if reconnect
import random
#: end
import re
#: if reconnect
import time
#: end
#: if minted
import urllib.request
#: end
from urllib.parse import quote

import websockets

WEBSOCKET_URL = "ws://localhost:8004/ws"


#: if minted
def get_access_token(user_id):
    """In development the service mints it: put how your program gets its own here."""
    body = json.dumps({"user_id": user_id, "lifetime_seconds": 3600}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request("http://localhost:8004/dev/tokens", body, headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["token"]
#: else
#~ def get_access_token(user_id):
#~     """The access token, from the environment."""
#~     return os.environ["ACCESS_TOKEN"]
#: end


def on_notification(user_id, event, data):
    #: if all
    #~ print(user_id, event, data.get("message"), flush=True)
    #: else
    # Other types are ignored. New ones may come at any time.
    #: each event
    if event == "batch_results_ready":
        print(user_id, event, data.get("message"), flush=True)
    #: end
    #: end


#: if reconnect
def wait_after(code, cause, failures, refusals):
    """Seconds until the next attempt; None: make none. Counted since it last was stable."""
    if code in (1000, 1002, 1003, 1005, 1007, 1009):
        return None
    if cause in ("TOKEN_MISSING", "TOKEN_IN_HEADER", "TOKEN_REPEATED"):
        return None
    if code == 1008:
        return 0 if cause.startswith("TOKEN_") and refusals == 0 else None
    if code == 1001:
        return random.uniform(0, 5)
    if code == 4000:
        return random.uniform(30, 60)
    return random.uniform(0, min(30, 2**failures))


#: end
async def receive(user_id, token):
    #: if reconnect
    """Receives until the end. Returns the close code, its cause, and for how many seconds it was open."""
    opened = None
    #: else
    #~ """Receives until the end. Returns the close code, and its cause."""
    #: end
    code, cause = 1006, ""
    try:
        async with websockets.connect(f"{WEBSOCKET_URL}?token={quote(token)}", max_size=None) as socket:
            print(user_id, "open", flush=True)
            #: if reconnect
            opened = time.monotonic()
            #: end
            while True:
                text = await socket.recv()
                try:
                    notification = json.loads(text)
                    on_notification(user_id, notification["event"], notification["data"])
                except Exception as error:
                    print("Cannot handle", text, repr(error), flush=True)
    except websockets.ConnectionClosed as closed:
        if closed.rcvd is not None:
            code = closed.rcvd.code
            # The reason is JSON where the service gave it; a proxy's may be anything.
            match = re.search(r'"error_code":"(\w+)"', closed.rcvd.reason)
            cause = match[1] if match else ""
    except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake) as error:
        cause = repr(error)
    #: if reconnect
    return code, cause, time.monotonic() - opened if opened else 0
    #: else
    #~ return code, cause
    #: end


#: if reconnect
async def listen(user_id):
    failures = refusals = 0
    refused = None
    while True:
        try:
            token = await asyncio.to_thread(get_access_token, user_id)
        except OSError as error:
            code, cause, seconds = 1006, f"no token: {error}", 0
        else:
            if token == refused:
                print(user_id, "closed: this token was refused, and there is no other", flush=True)
                return
            code, cause, seconds = await receive(user_id, token)
        # A refused connection opens, too: only one that stayed open for a while was a good one.
        if seconds >= 10:
            failures = refusals = 0
        print(user_id, f"closed: {cause or code}", flush=True)
        wait = wait_after(code, cause, failures, refusals)
        if wait is None:
            return
        failures += 1
        if code == 1008:
            refusals += 1
            refused = token
        await asyncio.sleep(wait)
#: else
#~ async def listen(user_id):
#~     token = await asyncio.to_thread(get_access_token, user_id)
#~     code, cause = await receive(user_id, token)
#~     # 1008 is a refusal; its cause says whether a new token helps.
#~     print(user_id, f"refused: {cause}" if code == 1008 else f"closed: {cause or code}", flush=True)
#: end


async def main():
    #: if many
    #~ await asyncio.gather(*map(listen, ["teacher-1", "teacher-2"]))
    #: else
    await listen("teacher-1")
    #: end


asyncio.run(main())
