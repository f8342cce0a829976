# SPDX-License-Identifier: MIT
"""Resolves endpoints for every region by botocore's own engine, for spec/oracle/endpoint_spec.lua.

Prints "oracle botocore VERSION", then one case a line: { service, params, expected }, the last being
{ url, region } (the region it is signed for) or { error }.
"""

import itertools
import json

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointResolutionError
from botocore.loaders import Loader

SERVICES = {"dynamodb": "dynamodb", "streams": "dynamodbstreams"}
UNLISTED = ["local", "xx-test-1", "mars", "us-gov-west", "eusc-fr-west-1", "eu-polar-9", "mx-polar-9"]
UNLISTED += [prefix + "-polar-9" for prefix in
             ["cn", "eusc-de", "us-iso", "us-isob", "eu-isoe", "us-isof", "us-gov"]]
ACCOUNT, OTHER = "111122223333", "444455556666"


def arn(region, account=OTHER):
    return "arn:aws:dynamodb:%s:%s:table/Users" % (region, account)


def resources(region):
    """Returns ways to name a table: each is parameters of a case."""
    yield {}
    yield {"ResourceArn": arn(region)}
    yield {"ResourceArn": arn("eu-other-1"), "ResourceArnList": (arn(region), "Users")}
    yield {"ResourceArnList": ("Users", arn(region))}


def odd_resources(region):
    yield {"ResourceArn": "Users"}
    yield {"ResourceArn": arn(region, "not.a.label")}
    yield {"ResourceArn": arn(region, "")}
    yield {"ResourceArn": arn(region).replace(":dynamodb:", ":s3:")}
    yield {"ResourceArn": "arn:aws:dynamodb:" + region}
    yield {"ResourceArn": arn(region) + "/index/By:Name", "ResourceArnList": ()}
    yield {"ResourceArnList": ()}
    yield {"AccountId": "not.a.label"}
    yield {"AccountId": ""}
    yield {"AccountId": "-" + ACCOUNT}


def modes():
    """Returns the combinations of the switches that hold for every region."""
    for fips, dual in itertools.product([False, True], repeat=2):
        for mode in [None, "preferred", "required", "disabled"]:
            given = {"UseFIPS": fips, "UseDualStack": dual}
            if mode:
                given["AccountIdEndpointMode"] = mode
            yield given
            yield dict(given, AccountId=ACCOUNT)


def dynamodb_cases(regions):
    for region, given in itertools.product(regions, modes()):
        for resource, search in itertools.product(resources(region), [{}, {"IsSearchOperation": True}]):
            yield dict(given, Region=region, **resource, **search)
    for region, given in itertools.product(["us-east-1", "cn-north-1", "us-gov-west-1"], modes()):
        for odd in odd_resources(region):
            yield {**given, "Region": region, **odd}


def streams_cases(regions):
    for region, given in itertools.product(regions, modes()):
        yield dict(given, Region=region)
        yield dict(given, Region=region, StreamArn=arn(region))
        yield dict(given, Region=region, ShardIterator=arn(region) + "/stream/X|1|AAAA")


def custom_cases(regions):
    """Endpoints of one's own, with and without a region."""
    hosts = ["https://example.com", "http://localhost:8000", "https://111122223333.ddb.%s.api.aws"]
    hosts += ["https://%sdynamodb.%s.%s" % (search, "%s", suffix)
              for search in ["", "search-"]
              for suffix in ["amazonaws.com", "api.aws", "api.amazonwebservices.com.cn"]]
    for host, given in itertools.product(hosts, modes()):
        for region in ["eu-west-1", "cn-north-1", "local"]:
            url = host % region if "%s" in host else host
            yield dict(given, Region=region, Endpoint=url)
        yield dict(given, Endpoint=host % "eu-west-1" if "%s" in host else host)
    yield from modes()


def resolve(provider, params):
    try:
        endpoint = provider.resolve_endpoint(**params)
    except EndpointResolutionError as error:
        return {"error": error.kwargs["msg"]}
    schemes = endpoint.properties.get("authSchemes", [{}])
    assert schemes[0].get("signingName", "dynamodb") == "dynamodb"
    region = schemes[0].get("signingRegion", params.get("Region"))
    return {"url": endpoint.url, **({"region": region} if region else {})}


def main():
    loader = Loader()
    partitions = loader.load_data("partitions")
    regions = [region for partition in partitions["partitions"] for region in partition["regions"]]

    print("oracle botocore", botocore.__version__)
    for service, cases in [("dynamodb", dynamodb_cases), ("streams", streams_cases)]:
        rule_set = loader.load_service_model(SERVICES[service], "endpoint-rule-set-1")
        provider = EndpointProvider(rule_set, partitions)
        for params in itertools.chain(cases(regions + UNLISTED), custom_cases(regions)):
            case = {"service": service, "params": params, "expected": resolve(provider, params)}
            print(json.dumps(case))


main()
