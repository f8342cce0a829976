# SPDX-License-Identifier: MIT
"""Unpacks what AWS publishes of DynamoDB from the botocore and the moto that are installed.

unpack.py FOLDER

Writes what tools/make_model.lua reads: of each service its API model, its endpoint rule set, its
paginators and, where it has any, its waiters; the partitions; and reserved-words.txt, which a spec reads.
"""

import gzip
import os
import shutil
import sys

import botocore
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

VERSION = "2012-08-10"
FILES = {"service-2": "service", "endpoint-rule-set-1": "endpoint-rule-set",
         "paginators-1": "paginators", "waiters-2": "waiters"}
SERVICES = {"dynamodb": list(FILES),
            "dynamodbstreams": [name for name in FILES if name != "waiters-2"]}


def unpack(name, path):
    """Copies one of botocore's data files, which are gzipped but for the small ones."""
    plain = os.path.join(os.path.dirname(botocore.__file__), "data", name + ".json")
    packed = plain + ".gz"
    with gzip.open(packed) if os.path.exists(packed) else open(plain, "rb") as source:
        with open(path, "wb") as target:
            shutil.copyfileobj(source, target)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for service, files in SERVICES.items():
        for theirs in files:
            name = os.path.join(service, VERSION, theirs)
            unpack(name, os.path.join(folder, "%s-%s.json" % (service, FILES[theirs])))
    with open(os.path.join(folder, "reserved-words.txt"), "w", encoding="ascii") as file:
        file.writelines(word + "\n" for word in sorted(ReservedKeywords.get_reserved_keywords()))
    unpack("partitions", os.path.join(folder, "partitions.json"))


main()
