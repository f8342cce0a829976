# SPDX-License-Identifier: MIT
"""Streams of tables, as trees of shards that grow while they are read.

A stream is made by {"cmd": "stream", "table": t, ...}, either still, changed by orders alone,

  "shards": [{"id", "parent", "records": [[key, n], ...], "closed": false}, ...]

or alive: each request to it may first write, split a shard, trim records, close everything at the end;

  "seed": s, "writes": how many there will be, "keys": of how many keys, "faults": false

`faults`: answers that are to be survived come at random: iterators expire, requests are throttled or
fail, pages are short or empty, new shards are listed late. Orders, {"cmd": "stream", "table": t, "do": o}:

  {"write": [[key, n], ...], "to": shard}   {"split": shard, "into": [shard, ...]}   {"close": shard}
  {"trim": shard, "count": n}   {"remove": shard}   {"expire": true}   {"page": n} (records, shards)
  {"age": true} (a day went by: what is oldest is trimmed, of a live one)   {"disable": true}   {"quiet": true} (nothing more happens by itself)

and what it was, {"cmd": "stream", "table": t, "look": true}:

  {"written": {key: n}, "trimmed": [[key, n], ...], "last": [[key, n], ...] (those written since the
   last look), "shards": n, "happened": {what: times}}

The nth change of a key has `n` in its new image, a number; the partition key is "id".
"""
import collections
import random
import threading

from store import Refused

OPERATIONS = ("DescribeStream", "GetShardIterator", "GetRecords")
BUCKETS = 64
MOST_RECORDS = 1000


def refuse(code, message="refused"):
    raise Refused(code, message)


class Shard:
    def __init__(self, name, parent, low=0, high=BUCKETS):
        self.name, self.parent, self.low, self.high = name, parent, low, high
        self.records, self.horizon = [], 0  # the number of the last record that was trimmed
        self.closed, self.hidden, self.end = False, 0, None

    def listed(self):
        numbers = {"StartingSequenceNumber": number(1)}
        if self.closed:
            numbers["EndingSequenceNumber"] = number(self.end)
        shard = {"ShardId": self.name, "SequenceNumberRange": numbers}
        return {**shard, "ParentShardId": self.parent} if self.parent else shard


def number(count):
    return "%021d" % (10 ** 20 + count)


def count_of(text):
    return int(text) - 10 ** 20


class Stream:
    def __init__(self, table, order, now):
        self.now = now
        self.arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/%s/stream/2026-01-01T00:00:00.%03d" % (
            table, order.get("generation", 0))
        self.table, self.shards, self.iterators = table, {}, {}
        self.count, self.status, self.page = 0, "ENABLED", None
        self.written, self.trimmed, self.last = {}, [], []
        self.happened = collections.Counter()
        self.random, self.left, self.faults = None, 0, False
        if "seed" in order:
            self.live(order)
        for each in order.get("shards") or []:
            self.add(Shard(each["id"], each.get("parent")))
            self.write(each.get("records") or [], each["id"])
            if each.get("closed"):
                self.close(self.shards[each["id"]])

    def live(self, order):
        self.random, self.left = random.Random(order["seed"]), order["writes"]
        self.keys = order["keys"]
        self.faults = order.get("faults", False)
        self.made = 0
        step = BUCKETS // self.random.choice([1, 1, 2, 4])
        for low in range(0, BUCKETS, step):
            self.add(Shard(self.fresh(), None, low, low + step))

    # --- what happens to it ---

    def fresh(self):
        self.made += 1
        return "shardId-%020d-%08x" % (self.made, self.random.getrandbits(32))

    def add(self, shard):
        self.shards[shard.name] = shard

    def write(self, pairs, name):
        for key, n in pairs:
            self.count += 1
            self.shards[name].records.append((self.count, key, n, int(self.now())))
            self.written[key] = n
            self.last.append([key, n])

    def close(self, shard):
        self.count += 1
        shard.closed, shard.end = True, self.count

    def split(self, shard, names):
        self.close(shard)
        step = (shard.high - shard.low) // len(names)
        for i, name in enumerate(names):
            self.add(Shard(name, shard.name, shard.low + i * step, shard.low + (i + 1) * step))

    def trim(self, shard, count):
        gone, shard.records = shard.records[:count], shard.records[count:]
        if gone:
            shard.horizon = gone[-1][0]
            self.trimmed += [[key, n] for _, key, n, _ in gone]
            self.happened["trim"] += 1

    def remove(self, name):
        self.trim(self.shards[name], len(self.shards[name].records))
        del self.shards[name]
        self.happened["remove"] += 1

    def obey(self, order):
        for name, shard in self.shards.items():
            if order.get("close") == name:
                self.close(shard)
        if "write" in order:
            self.write(order["write"], order["to"])
        if "split" in order:
            self.split(self.shards[order["split"]], order["into"])
        if "trim" in order:
            self.trim(self.shards[order["trim"]], order["count"])
        if "remove" in order:
            self.remove(order["remove"])
        if "expire" in order:
            self.iterators.clear()
        if "age" in order:
            for _ in range(self.random.randint(1, 4)):
                self.trim_some()
        if "disable" in order:
            self.disable()
        if "quiet" in order:
            self.random, self.left, self.faults = None, 0, False
        self.page = order.get("page", self.page)

    def disable(self):
        self.status = "DISABLED"
        for shard in self.shards.values():
            if not shard.closed:
                self.close(shard)

    # --- what happens by itself ---

    def chance(self, share):
        return self.random is not None and self.random.random() < share

    def open_shards(self):
        return [shard for shard in self.shards.values() if not shard.closed]

    def write_some(self):
        for _ in range(min(self.left, self.random.randint(1, 6))):
            key = "k%d" % self.random.randrange(self.keys)
            bucket = sum(key.encode()) * 7 % BUCKETS
            home = next(each for each in self.open_shards() if each.low <= bucket < each.high)
            self.write([[key, self.written.get(key, 0) + 1]], home.name)
            self.left -= 1

    def split_some(self):
        shard = self.random.choice(self.open_shards())
        width = shard.high - shard.low
        children = self.random.choice([1, 2]) if width % 2 == 0 else 1
        names = [self.fresh() for _ in range(children)]
        self.split(shard, names)
        self.happened["split"] += 1
        for name in names:
            self.shards[name].hidden = self.random.choice([0, 0, 1, 2]) if self.faults else 0

    def trim_some(self):
        """The oldest records go first, and with their last the oldest shards."""
        for shard in list(self.shards.values()):
            if shard.records:
                self.trim(shard, self.random.randint(1, len(shard.records)))
                return
            if shard.closed and self.random.random() < 0.7:
                self.remove(shard.name)

    def happen(self):
        if self.left > 0:
            if self.chance(0.6):
                self.write_some()
            if self.chance(0.08):
                self.split_some()
        elif self.random and self.status == "ENABLED":
            self.disable()

    def fail_some(self, codes):
        if self.faults and self.chance(0.12):
            code = self.random.choice(codes)
            self.happened[code] += 1
            refuse(code)

    # --- what it answers ---

    def describe(self, params):
        self.fail_some(["LimitExceededException", "InternalServerError"])
        if params["StreamArn"] != self.arn:
            refuse("ResourceNotFoundException", "Requested resource not found: Stream")
        shards = list(self.shards.values())
        if not params.get("ExclusiveStartShardId"):
            for shard in shards:
                shard.hidden -= 1
        shown = [shard for shard in shards if not self.is_hidden(shard)]
        return {"StreamDescription": {"StreamArn": self.arn, "StreamStatus": self.status,
                                      "TableName": self.table, **self.part(shown, params)}}

    def is_hidden(self, shard):
        """No shard is listed before its parent."""
        while shard:
            if shard.hidden > 0:
                return True
            shard = self.shards.get(shard.parent)
        return False

    def part(self, shown, params):
        start = params.get("ExclusiveStartShardId")
        names = [shard.name for shard in shown]
        at = names.index(start) + 1 if start in names else 0
        size = self.page or (self.random.randint(1, 4) if self.faults and self.random else 100)
        part = [shard.listed() for shard in shown[at:at + size]]
        more = at + size < len(shown)
        return {"Shards": part, **({"LastEvaluatedShardId": part[-1]["ShardId"]} if more else {})}

    def find(self, name):
        if name not in self.shards:
            refuse("ResourceNotFoundException", "Requested resource not found: Shard does not exist")
        return self.shards[name]

    def iterator(self, shard, position):
        name = "%s|%d" % (self.arn, self.happened["iterator"])
        self.happened["iterator"] += 1
        self.iterators[name] = (shard.name, position)
        return name

    def shard_iterator(self, params):
        self.fail_some(["ThrottlingException", "InternalServerError"])
        shard, kind = self.find(params["ShardId"]), params["ShardIteratorType"]
        if kind == "TRIM_HORIZON":
            position = shard.horizon
        elif kind == "LATEST":
            position = shard.records[-1][0] if shard.records else shard.horizon
        else:
            position = count_of(params["SequenceNumber"]) - (kind == "AT_SEQUENCE_NUMBER")
        if position < shard.horizon:
            refuse("TrimmedDataAccessException")
        return {"ShardIterator": self.iterator(shard, position)}

    def get_records(self, params):
        self.fail_some(["LimitExceededException", "InternalServerError", "ExpiredIteratorException"])
        name = params["ShardIterator"]
        if name not in self.iterators:
            refuse("ExpiredIteratorException")
        shard, position = self.find(self.iterators[name][0]), self.iterators[name][1]
        if position < shard.horizon:
            refuse("TrimmedDataAccessException")
        records = [each for each in shard.records if each[0] > position]
        limit = min(params.get("Limit") or MOST_RECORDS, self.page or MOST_RECORDS)
        if self.faults and self.random:
            limit = min(limit, self.random.randint(0, 7))
        return self.page_of(shard, position, records, limit)

    def page_of(self, shard, position, records, limit):
        page = records[:limit]
        answer = {"Records": [record_of(each) for each in page]}
        is_last = shard.closed and len(records) <= limit and not (self.faults and self.chance(0.3))
        if not is_last:
            answer["NextShardIterator"] = self.iterator(shard, page[-1][0] if page else position)
        return answer


def record_of(record):
    count, key, n, moment = record
    own = {"Keys": {"id": {"S": key}}, "NewImage": {"id": {"S": key}, "n": {"N": str(n)}},
           "SequenceNumber": number(count), "ApproximateCreationDateTime": moment,
           "StreamViewType": "NEW_IMAGE", "SizeBytes": 10}
    return {"eventID": "event-%d" % count, "eventName": "INSERT" if n == 1 else "MODIFY",
            "eventVersion": "1.1", "dynamodb": own}


class Streams:
    """Of all tables that have one; `by_table`: name -> Stream."""

    def __init__(self, now):
        self.lock, self.by_table, self.now = threading.Lock(), {}, now

    def knows(self, operation, params):
        if operation == "DescribeTable":
            return params.get("TableName") in self.by_table
        return operation in OPERATIONS

    def execute(self, operation, params):
        with self.lock:
            if operation == "DescribeTable":
                return {"Table": {"TableName": params["TableName"],
                                  "LatestStreamArn": self.by_table[params["TableName"]].arn}}
            return self.answer(self.stream_of(params), operation, params)

    def stream_of(self, params):
        """An iterator is known to the stream that gave it."""
        for stream in self.by_table.values():
            if stream.arn == params.get("StreamArn") or params.get("ShardIterator") in stream.iterators:
                return stream
        if "ShardIterator" in params and self.by_table:
            refuse("ExpiredIteratorException")
        return refuse("ResourceNotFoundException", "Requested resource not found: Stream")

    def answer(self, stream, operation, params):
        stream.happen()
        if operation == "DescribeStream":
            return stream.describe(params)
        if operation == "GetShardIterator":
            return stream.shard_iterator(params)
        return stream.get_records(params)

    def obey(self, command):
        """Carries out a command of the spec; returns what it asks for."""
        with self.lock:
            table = command["table"]
            if "do" in command:
                self.by_table[table].obey(command["do"])
            elif "look" in command:
                return look(self.by_table[table])
            else:
                self.by_table[table] = Stream(table, command, self.now)
        return {}


def look(stream):
    last, stream.last = stream.last, []
    return {"written": stream.written, "trimmed": stream.trimmed, "last": last,
            "shards": len(stream.shards), "happened": dict(stream.happened)}
