package main

import (
	"bytes"
	"slices"
	"strconv"
)

// kept is a field's value as a card keeps it.
type kept struct {
	field id
	kind  byte   // name of the member that holds the value
	value []byte // JSON
	at    int64  // when it was set, in milliseconds
}

// keptIn reads the values that a card keeps, in the order of ranks.
func keptIn(json []byte, ranks map[id]int) (values []kept) {
	for {
		begin := bytes.IndexByte(json, '{')
		if begin < 0 {
			slices.SortFunc(values, func(a, b kept) int { return ranks[a.field] - ranks[b.field] })
			return values
		}
		var k kept
		for json = json[begin:]; json[0] != '}'; {
			name := json[2:bytes.IndexByte(json, ':')] // after a brace or comma, and a quote
			var value []byte
			value, json = token(json[len(name)+3:])
			switch string(name) {
			case `f"`:
				k.field = idsOf(value)[0]
			case `t"`: // what the field is, which is known
			case `at"`:
				k.at, _ = strconv.ParseInt(string(value), 10, 64) // written by our own trigger
			default:
				k.kind, k.value = name[0], value
			}
		}
		values = append(values, k)
	}
}

// token cuts the first value off a part of a JSON object: a text, a list of ids, a number or a word.
func token(json []byte) (value, rest []byte) {
	end := 1
	switch json[0] {
	case '"':
		for ; json[end] != '"'; end++ {
			if json[end] == '\\' {
				end++
			}
		}
		end++
	case '[':
		end = bytes.IndexByte(json, ']') + 1
	default:
		end = bytes.IndexAny(json, ",}")
	}
	return json[:end], json[end:]
}

// ranked is the ids of a list in the order of ranks.
func ranked(ids []id, ranks map[id]int) []id {
	slices.SortFunc(ids, func(a, b id) int { return ranks[a] - ranks[b] })
	return ids
}
