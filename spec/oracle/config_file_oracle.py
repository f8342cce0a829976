# SPDX-License-Identifier: MIT
"""What botocore reads in shared config files, for spec/oracle/config_file_spec.lua.

usage: config_file_oracle.py FILE

FILE is a JSON list of texts. Prints "oracle botocore VERSION", then for each text one line of JSON:
{"profiles", "sso_sessions", "services"}, as botocore.configloader has them, or {"error": its kind}.
"""

import json
import os
import sys
import tempfile

import botocore
from botocore.configloader import load_config
from botocore.exceptions import ConfigParseError


def read(path):
    try:
        found = load_config(path)
    except ConfigParseError as error:
        return {"error": type(error.kwargs["error"]).__name__}
    return {kind: found[kind] for kind in ("profiles", "sso_sessions", "services")}


def main():
    print("oracle botocore", botocore.__version__)
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config")
        for text in texts:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            print(json.dumps(read(path)))


main()
