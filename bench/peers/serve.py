"""The other side of `System` in Python: answers calls that come in line by line, through descriptor 3."""

import json
import os
import sys
import traceback


def serve(methods):
    answers = os.fdopen(3, "w", buffering=1)
    for line in sys.stdin:
        call = json.loads(line)
        try:
            reply = {"result": methods[call["method"]](*call["args"])}
        except Exception:
            reply = {"error": traceback.format_exc(limit=4)}
        answers.write(json.dumps(reply) + "\n")
