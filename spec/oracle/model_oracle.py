# SPDX-License-Identifier: MIT
"""What botocore makes of the API models it brings, for spec/oracle/model_spec.lua.

Prints "oracle botocore VERSION", then one operation a line: { service, name, target, required,
members, output, token, resource, resource_path, search }. `members` has of each member of the input
{ shape, type, min, max, enum }; `output` are the names of the output's members.
"""

import json

import botocore
import botocore.session

SERVICES = {"dynamodb": "dynamodb", "streams": "dynamodbstreams"}


def member(shape):
    limits = {name: shape.metadata[name] for name in ("min", "max", "enum") if name in shape.metadata}
    return {"shape": shape.name, "type": shape.type_name, **limits}


def members_of(shape):
    return shape.members if shape else {}


def described(service, operation):
    inputs, places = members_of(operation.input_shape), operation.context_parameters
    return {
        "service": service,
        "name": operation.name,
        "target": operation.service_model.metadata["targetPrefix"] + "." + operation.name,
        "required": sorted(operation.input_shape.required_members) if inputs else [],
        "members": {name: member(shape) for name, shape in inputs.items()},
        "output": sorted(members_of(operation.output_shape)),
        "token": (operation.idempotent_members or [None])[0],
        "resource": next((each.member_name for each in places if each.name == "ResourceArn"), None),
        "resource_path": bool(operation.operation_context_parameters),
        "search": bool(operation.static_context_parameters),
    }


def main():
    print("oracle botocore", botocore.__version__)
    session = botocore.session.get_session()
    for service, name in SERVICES.items():
        model = session.get_service_model(name)
        for operation in model.operation_names:
            print(json.dumps(described(service, model.operation_model(operation))))


main()
