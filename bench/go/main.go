// SPDX-License-Identifier: MIT

// peer_go SCENARIO URL N [IN_FLIGHT]: Go's SDK on the scenarios of bench/scenarios.lua, with plain
// structs and maps as a Go program has them (attributevalue marshals them). IN_FLIGHT goroutines
// share the calls; with batch_writer, N items are written by calls of 25. It prints CPU (user + system, of this process) and wall time in microseconds an
// operation, after a tenth of N as warm-up. It may use one processor, as every client here does.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	table = aws.String("Users")
	ctx   = context.Background()
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// plain returns the Go value of one attribute in DynamoDB's JSON.
func plain(value map[string]any) any {
	for kind, content := range value {
		switch kind {
		case "N":
			return attributevalue.Number(content.(string))
		case "B":
			return must(base64.StdEncoding.DecodeString(content.(string)))
		case "M":
			return plainMap(content.(map[string]any))
		case "L":
			list := []any{}
			for _, element := range content.([]any) {
				list = append(list, plain(element.(map[string]any)))
			}
			return list
		case "NULL":
			return nil
		default:
			return content
		}
	}
	return nil
}

func plainMap(attributes map[string]any) map[string]any {
	item := map[string]any{}
	for name, value := range attributes {
		item[name] = plain(value.(map[string]any))
	}
	return item
}

func readItem() map[string]any {
	var typed map[string]any
	if err := json.Unmarshal(must(os.ReadFile("bench/item.json")), &typed); err != nil {
		log.Fatal(err)
	}
	return plainMap(typed)
}

func marshal(value any) map[string]types.AttributeValue {
	return must(attributevalue.MarshalMap(value))
}

func unmarshal(item map[string]types.AttributeValue, err error) error {
	if err != nil {
		return err
	}
	var plain map[string]any
	return attributevalue.UnmarshalMap(item, &plain)
}

func updateItem(db *dynamodb.Client) error {
	output, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                table,
		Key:                      marshal(map[string]any{"userId": "user-000"}),
		UpdateExpression:         aws.String("SET #n = :n, #v = :v, #a = :a, #s = :s"),
		ExpressionAttributeNames: map[string]string{"#n": "name", "#v": "visits", "#a": "active", "#s": "seenAt"},
		ExpressionAttributeValues: marshal(map[string]any{
			":n": "Ann", ":v": 7, ":a": true, ":s": 1718031907,
		}),
		ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		return err
	}
	return unmarshal(output.Attributes, nil)
}

func getItem(db *dynamodb.Client) error {
	output, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: table, Key: marshal(map[string]any{"userId": "user-000"}),
	})
	if err != nil {
		return err
	}
	return unmarshal(output.Item, nil)
}

func query(db *dynamodb.Client) error {
	output, err := db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 table,
		KeyConditionExpression:    aws.String("#k = :k"),
		ExpressionAttributeNames:  map[string]string{"#k": "userId"},
		ExpressionAttributeValues: marshal(map[string]any{":k": "user-000"}),
	})
	if err != nil {
		return err
	}
	var items []map[string]any
	return attributevalue.UnmarshalListOfMaps(output.Items, &items)
}

// scenario returns the function that makes one call.
func scenario(name string) func(*dynamodb.Client) error {
	switch name {
	case "update_item":
		return updateItem
	case "get_item":
		return getItem
	case "query":
		return query
	case "put_item":
		item := readItem()
		return func(db *dynamodb.Client) error {
			_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: marshal(item)})
			return err
		}
	}
	log.Fatal("no scenario ", name)
	return nil
}

const batchItems = 25

// writeBatch puts the items from `first` on, again for as long as some are left unprocessed.
func writeBatch(db *dynamodb.Client, item map[string]any, first, count int64) error {
	var writes []types.WriteRequest
	for n := first; n < first+count; n++ {
		own := maps.Clone(item)
		own["userId"] = fmt.Sprintf("user-%06d", n)
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: marshal(own)}})
	}
	requests := map[string][]types.WriteRequest{*table: writes}
	for len(requests) > 0 {
		output, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests})
		if err != nil {
			return err
		}
		requests = output.UnprocessedItems
	}
	return nil
}

// runner returns the function that does `count` of a scenario, so many calls at once.
func runner(name string, db *dynamodb.Client) func(count, inFlight int64) {
	if name != "batch_writer" {
		call := scenario(name)
		return func(count, inFlight int64) {
			sideBySide(count, inFlight, func(int64) error { return call(db) })
		}
	}
	item := readItem()
	return func(count, inFlight int64) {
		batches := (count + batchItems - 1) / batchItems
		sideBySide(batches, inFlight, func(i int64) error {
			first := i * batchItems
			return writeBatch(db, item, first, min(batchItems, count-first))
		})
	}
}

// sideBySide calls `call` with 0 to count - 1, inFlight calls at once.
func sideBySide(count, inFlight int64, call func(int64) error) {
	var begun atomic.Int64
	var group sync.WaitGroup
	for range inFlight {
		group.Go(func() {
			for i := begun.Add(1) - 1; i < count; i = begun.Add(1) - 1 {
				if err := call(i); err != nil {
					log.Fatal(err)
				}
			}
		})
	}
	group.Wait()
}

func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: peer_go SCENARIO URL N [IN_FLIGHT]")
	}
	runtime.GOMAXPROCS(1)
	count, inFlight := must(strconv.ParseInt(os.Args[3], 10, 64)), int64(1)
	if len(os.Args) > 4 {
		inFlight = must(strconv.ParseInt(os.Args[4], 10, 64))
	}
	db := dynamodb.New(dynamodb.Options{
		Region:           "us-east-1",
		BaseEndpoint:     aws.String(os.Args[2]),
		Credentials:      credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""),
		RetryMaxAttempts: 1,
	})
	run := runner(os.Args[1], db)
	run((count+9)/10, inFlight)
	before, started := cpu(), time.Now()
	run(count, inFlight)
	used, took := cpu()-before, time.Since(started)
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 / float64(count) }
	fmt.Printf("%.2f %.2f\n", each(used), each(took))
}
