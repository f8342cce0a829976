# SPDX-License-Identifier: MIT
"""peer_boto3.py client|table SCENARIO URL N: boto3 on the scenarios of bench/scenarios.lua.

`client` gives and takes wire-typed attribute values, `table` (the Table resource) plain ones, as
dynamo does. batch_writer, of `table` alone, is an item of a batch. Prints CPU (user + system, of this process) and wall time in microseconds an operation,
after a tenth of N as warm-up.
"""
import base64
import json
import sys
import time

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

ACCESS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "config": Config(retries={"total_max_attempts": 1}),
}


def attribute(pair):
    """json.load's object hook: a B value's base64 becomes bytes."""
    if list(pair) == ["B"]:
        return {"B": base64.b64decode(pair["B"])}
    return pair


def read_item():
    with open("bench/item.json", encoding="utf-8") as file:
        return json.load(file, object_hook=attribute)


def plain(item):
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}


def typed(item):
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def calls(kind, url):
    """The scenarios by name, each a function that makes one call."""
    if kind == "table":
        target = boto3.resource("dynamodb", endpoint_url=url, **ACCESS).Table("Users")
        shape, fixed, item = dict, {}, plain(read_item())
    else:
        target = boto3.client("dynamodb", endpoint_url=url, **ACCESS)
        shape, fixed, item = typed, {"TableName": "Users"}, read_item()
    key = shape({"userId": "user-000"})
    update_values = shape({":n": "Ann", ":v": 7, ":a": True, ":s": 1718031907})
    query_values = shape({":k": "user-000"})
    return {
        "update_item": lambda: target.update_item(
            **fixed,
            Key=key,
            UpdateExpression="SET #n = :n, #v = :v, #a = :a, #s = :s",
            ExpressionAttributeNames={"#n": "name", "#v": "visits", "#a": "active", "#s": "seenAt"},
            ExpressionAttributeValues=update_values,
            ReturnValues="ALL_NEW",
        ),
        "put_item": lambda: target.put_item(**fixed, Item=item),
        "get_item": lambda: target.get_item(**fixed, Key=key),
        "query": lambda: target.query(
            **fixed,
            KeyConditionExpression="#k = :k",
            ExpressionAttributeNames={"#k": "userId"},
            ExpressionAttributeValues=query_values,
        ),
    }


def repeat(call, count):
    for _ in range(count):
        call()


def batches(url):
    """Returns a function of a count: puts so many items by boto3's batch_writer."""
    table = boto3.resource("dynamodb", endpoint_url=url, **ACCESS).Table("Users")
    item = plain(read_item())

    def write(count):
        with table.batch_writer() as batch:
            for n in range(count):
                batch.put_item(Item={**item, "userId": "user-%06d" % n})
    return write


def repeater(kind, scenario, url):
    """Returns a function of a count: does the scenario so many times."""
    if scenario == "batch_writer":
        return batches(url)
    call = calls(kind, url)[scenario]
    return lambda count: repeat(call, count)


def main(kind, scenario, url, count):
    run = repeater(kind, scenario, url)
    run(-(-count // 10))
    cpu, wall = time.process_time(), time.perf_counter()
    run(count)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{cpu / count * 1e6:.2f} {wall / count * 1e6:.2f}")


main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
