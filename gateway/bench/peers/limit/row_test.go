package main

import (
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ got, want string }{
		{string(appendPosition(nil, 10_000_000_000_000)), `"1000.0000000000"`},
		{string(appendPosition(nil, 10_000_000_000_001)), `"1000.0000000001"`},
		{string(appendEnum(nil, "endOfWorkDay")), `"END_OF_WORK_DAY"`},
		{string(appendEnum(nil, "")), `null`},
		{string(appendText(nil, "a \"b\"\\\n ü")), `"a \"b\"\\\u000a ü"`},
		{string(appendOptional(nil, "")), `null`},
		{string(appendTime(nil, time.Time{})), `null`},
		{string(appendTime(nil, time.Date(2026, 2, 3, 4, 5, 6, 7_000_000, time.UTC))), `"2026-02-03T04:05:06.007Z"`},
		{string(appendKey(nil, "BULK", 12)), `"BULK-12"`},
		{string(appendCursor(nil, "m", "1", "x")), `"eyJxIjoibSIsInYiOlsiMSIsIngiXX0"`},
	} {
		if row.got != row.want {
			t.Errorf("%s, want %s", row.got, row.want)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	const first, second = "90d639fe-e54d-4f1d-a891-d9f073421839", "01a204cd-c8a1-74ab-a290-13acc3973d1e"
	for text, want := range map[string][]string{"": nil, "[]": nil, `["` + first + `"]`: {first}, `["` + first + `", "` + second + `"]`: {first, second}} {
		got := idsOf([]byte(text))
		if len(got) != len(want) {
			t.Fatalf("%s: %v", text, got)
		}
		for i := range want {
			if got[i].String() != want[i] {
				t.Errorf("%s: %v, want %v", text, got[i], want[i])
			}
		}
	}
}

func TestRow(t *testing.T) {
	t.Parallel()
	element := append([]byte{0, 0, 0, 16}, make([]byte, 16)...)
	element[4] = 0xab
	array := append(make([]byte, 20), append(element, element...)...)
	r := &row{columns: [][]byte{{0, 0, 0, 7}, {0, 0, 0, 0, 0, 0, 1, 0}, nil, {0, 0, 0, 0, 0, 0, 0x03, 0xe8}, {1}, array, nil}}
	if got := r.int32(); got != 7 {
		t.Errorf("int32 %d", got)
	}
	if got := r.int64(); got != 256 {
		t.Errorf("int64 %d", got)
	}
	if got := r.time(); !got.IsZero() {
		t.Errorf("no time: %v", got)
	}
	if got, want := r.time(), time.Date(2000, 1, 1, 0, 0, 0, 1_000_000, time.UTC); !got.Equal(want) {
		t.Errorf("time %v", got)
	}
	if !r.bool() {
		t.Error("bool")
	}
	if got := r.ids(); len(got) != 2 || got[1][0] != 0xab {
		t.Errorf("ids %v", got)
	}
	if got := r.ids(); got != nil {
		t.Errorf("no ids: %v", got)
	}
}

func TestOverdue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 15, 20, 30, 0, 0, time.UTC)
	for _, row := range []struct {
		due  due
		want bool
	}{
		{due{"2026-06-14", "anyTime", "UTC"}, true}, {due{"2026-06-15", "anyTime", "UTC"}, false}, {due{"2026-06-15", "morning", "UTC"}, true},
		{due{"2026-06-15", "anyTime", "Europe/Rome"}, true}, {due{"2026-06-16", "morning", "UTC"}, false}, {due{"2026-06-15", "anyTime", "nowhere"}, false},
	} {
		if got := row.due.overdue(now); got != row.want {
			t.Errorf("%+v: %v", row.due, got)
		}
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	const a, b = "90d639fe-e54d-4f1d-a891-d9f073421839", "01a204cd-c8a1-74ab-a290-13acc3973d1e"
	field := func(text string) id { return idsOf([]byte(`"` + text + `"`))[0] }
	values := keptIn([]byte(`[{"f":"`+a+`","t":"text","s":"say \"}\",","at":7},{"f":"`+b+`","t":"select","o":["`+a+`", "`+b+`"],"at":1234},{"f":"`+b+`","t":"checkbox","b":true,"at":8}]`),
		map[id]int{field(a): 1, field(b): 0})
	var got []string
	for _, k := range values {
		got = append(got, k.field.String()[:2]+string(k.kind)+string(k.value)+int64Text(k.at))
	}
	want := []string{`01o["` + a + `", "` + b + `"]1234`, "01btrue8", `90s"say \"}\","7`}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s, want %s", got[i], want[i])
		}
	}
	if got := keptIn([]byte("[]"), nil); got != nil {
		t.Errorf("nothing: %v", got)
	}
}
