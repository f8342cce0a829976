# SPDX-License-Identifier: MIT
"""Runs moto's DynamoDB on a free port of 127.0.0.1; prints the endpoint once it answers.

Ends when the process that started it does, however that one ended.
"""
import os
import time
import urllib.request

from moto.server import ThreadedMotoServer

PARENT = os.getppid()


def answers(endpoint):
    """Sends one ListTables, which also makes moto load its DynamoDB half."""
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=x/20000101/us-east-1/dynamodb/aws4_request",
    }
    request = urllib.request.Request(endpoint, b"{}", headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        return response.status == 200


server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://%s:%d" % server.get_host_and_port()
assert answers(url)
print(url, flush=True)
while os.getppid() == PARENT:
    time.sleep(0.5)
