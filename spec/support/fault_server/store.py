# SPDX-License-Identifier: MIT
"""Items in memory, and how often each was written: the oracle of the fault specs.

Tables need not be made; the partition key of every one is the attribute "id". Understood are
GetItem, PutItem, UpdateItem, DeleteItem, Query and Scan (items are in the order of their keys, a key
condition may be any condition), BatchGetItem, BatchWriteItem, TransactGetItems and TransactWriteItems
(a token is remembered for ever). See expression.py for what expressions may say.
"""
import hashlib
import json
import threading
import zlib

from expression import Invalid, holds, updated

KEY = "id"
ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


class Refused(Exception):
    """An answer that is an error: AWS's code, a message, members beside them."""

    def __init__(self, code, message, **members):
        super().__init__(message)
        self.code, self.message, self.members = code, message, members


class Store:
    """`tables`: name -> key -> item; `applied`: name -> key -> writes that took effect; `written`:
    the same -> the items that those left behind, in order ({}: none)."""

    def __init__(self):
        self.lock, self.held, self.leave = threading.Lock(), {}, []
        self.tables, self.applied, self.tokens, self.written = {}, {}, {}, {}

    def execute(self, operation, body, held=None, leave=None):
        """Carries a request out whole; returns the answer (a dict), or raises Refused. `held`: key ->
        why no transaction and no write may touch it just now, as a cancelled transaction's reasons
        say it, such as TransactionConflict. `leave`: the places, from 0, of what a batch leaves
        unprocessed."""
        method = getattr(self, "do_" + operation, None)
        if not method:
            raise Refused("UnknownOperationException", "no operation here: " + operation)
        with self.lock:
            self.held, self.leave = held or {}, leave or []
            try:
                return method(json.loads(body))
            except (Invalid, KeyError, ValueError) as problem:
                raise Refused("ValidationException", "%s: %r" % (operation, problem)) from problem

    def look(self, table, key):
        """Returns what a spec asks about an item: {"applied": n, "item": item or None, "written"}."""
        with self.lock:
            return {"applied": self.applied.get(table, {}).get(key, 0),
                    "item": self.tables.get(table, {}).get(key),
                    "written": self.written.get(table, {}).get(key, [])}

    # --- one item ---

    def find(self, params):
        """Returns the key's text and the item as it is, {} for none."""
        members = params.get("Key") or params["Item"]
        key = next(iter(members[KEY].values()))
        return key, self.tables.setdefault(params["TableName"], {}).get(key, {})

    def require_free(self, key):
        if key in self.held:
            raise Refused(self.held[key] + "Exception", "said by the service: " + self.held[key])

    def require(self, params, item):
        if holds(params.get("ConditionExpression"), params, item):
            return
        shown = params.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item
        raise Refused("ConditionalCheckFailedException", "The conditional request failed",
                      **({"Item": item} if shown else {}))

    def outcome(self, operation, params):
        """Returns key, item before, item after ({}: none); changes nothing."""
        key, old = self.find(params)
        self.require_free(key)
        self.require(params, old)
        if operation == "PutItem":
            return key, old, params["Item"]
        if operation == "DeleteItem":
            return key, old, {}
        return key, old, {**updated(params.get("UpdateExpression"), params, old), **params["Key"]}

    def keep(self, table, key, item):
        if item:
            self.tables[table][key] = item
        else:
            self.tables[table].pop(key, None)
        counts = self.applied.setdefault(table, {})
        counts[key] = counts.get(key, 0) + 1
        self.written.setdefault(table, {}).setdefault(key, []).append(item)

    def write(self, operation, params):
        key, old, new = self.outcome(operation, params)
        self.keep(params["TableName"], key, new)
        shown = {"ALL_OLD": old, "ALL_NEW": new}.get(params.get("ReturnValues"))
        return {"Attributes": shown} if shown else {}

    def do_PutItem(self, params):
        return self.write("PutItem", params)

    def do_UpdateItem(self, params):
        return self.write("UpdateItem", params)

    def do_DeleteItem(self, params):
        return self.write("DeleteItem", params)

    def do_GetItem(self, params):
        item = self.find(params)[1]
        return {"Item": item} if item else {}

    # --- pages ---

    def page(self, params, is_within):
        """Returns the page of the items that `is_within(key, item)` says, in their order."""
        start, backwards = params.get("ExclusiveStartKey"), not params.get("ScanIndexForward", True)
        start = start and next(iter(start[KEY].values()))
        items = sorted(self.tables.get(params["TableName"], {}).items(), reverse=backwards)
        rest = [item for key, item in items if is_within(key, item) and (
            start is None or (key < start if backwards else key > start))]
        page = rest[:params.get("Limit", len(rest))]
        found = [item for item in page if holds(params.get("FilterExpression"), params, item)]
        answer = {"Count": len(found), "ScannedCount": len(page)}
        if params.get("Select") != "COUNT":
            answer["Items"] = found
        if len(page) < len(rest):
            answer["LastEvaluatedKey"] = {KEY: page[-1][KEY]}
        return answer

    def do_Query(self, params):
        condition = params["KeyConditionExpression"]
        return self.page(params, lambda _, item: holds(condition, params, item))

    def do_Scan(self, params):
        segment, total = params.get("Segment", 0), params.get("TotalSegments", 1)
        return self.page(params, lambda key, _: zlib.crc32(key.encode()) % total == segment)

    # --- many items ---

    def parted(self, requested, list_of):
        """Yields table, entry and whether it is to be left, of the entries of a batch in order."""
        place = 0
        for table, request in requested.items():
            for entry in list_of(request):
                yield table, entry, place in self.leave
                place += 1

    def do_BatchGetItem(self, params):
        found, left = {}, {}
        for table, key, is_left in self.parted(params["RequestItems"], lambda own: own["Keys"]):
            if is_left:
                own = left.setdefault(table, {**params["RequestItems"][table], "Keys": []})
                own["Keys"].append(key)
                continue
            item = self.find({"TableName": table, "Key": key})[1]
            found.setdefault(table, []).extend([item] if item else [])
        return {"Responses": found, "UnprocessedKeys": left}

    def do_BatchWriteItem(self, params):
        """A batch that has a key twice is refused, and nothing of it is done."""
        seen, left, kinds = set(), {}, {"PutRequest": "PutItem", "DeleteRequest": "DeleteItem"}
        entries = list(self.parted(params["RequestItems"], lambda own: own))
        for table, request, _ in entries:
            (_, action), = request.items()
            seen.add((table, self.find({"TableName": table, **action})[0]))
        if len(seen) < len(entries) or not 1 <= len(entries) <= 25:
            raise Refused("ValidationException", "a key twice, or no 1 to 25 requests")
        for table, request, is_left in entries:
            (kind, action), = request.items()
            if is_left:
                left.setdefault(table, []).append(request)
            else:
                self.write(kinds[kind], {"TableName": table, **action})
        return {"UnprocessedItems": left}

    def do_TransactGetItems(self, params):
        return {"Responses": self.all_or_none(params["TransactItems"], self.transact_get)}

    def transact_get(self, kind, params):
        self.require_free(self.find(params)[0])
        return self.do_GetItem(params)

    def do_TransactWriteItems(self, params):
        """A token that was carried out before is answered as before, unless the rest differs."""
        token = params.get("ClientRequestToken")
        digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).digest()
        known = self.tokens.get(token)
        if known and known != digest:
            raise Refused("IdempotentParameterMismatchException", "the token was another request's")
        if not known:
            self.transact(params["TransactItems"])
            if token:
                self.tokens[token] = digest
        return {}

    def transact(self, actions):
        for table, kind, (key, _, new) in self.all_or_none(actions, self.action_outcome):
            if kind in ACTIONS:
                self.keep(table, key, new)

    def action_outcome(self, kind, params):
        return params["TableName"], kind, self.outcome(ACTIONS.get(kind), params)

    def all_or_none(self, actions, of):
        """Returns what of(kind, params) makes of each action, or raises Refused with their reasons."""
        outcomes, reasons = [], []
        for action in actions:
            (kind, params), = action.items()
            try:
                outcomes.append(of(kind, params))
                reasons.append({"Code": "None"})
            except Refused as refused:
                reasons.append({"Code": refused.code.replace("Exception", ""),
                                "Message": refused.message, **refused.members})
        if len(outcomes) < len(actions):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise Refused("TransactionCanceledException",
                          "Transaction cancelled, please refer cancellation reasons for specific "
                          "reasons [%s]" % codes, CancellationReasons=reasons)
        return outcomes
