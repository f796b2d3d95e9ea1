package domain

import (
	"context"
	"testing"
)

func TestDeriveKeyPrefix(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Garden":            "GARDEN",
		"Fern & Co":         "FERNCO",
		"2030 Roadmap":      "ROADMAP",
		"Plan 9 from space": "PLAN9FROMS",
		"Überblick Café":    "UBERBLICKC",
		"Việt Nam":          "VIETNAM",
		"Ｗｉｄｅ":              "WIDE",
		"e\u0301toile":      "ETOILE",
		"X":                 "XX",
		"7":                 "WS",
		"日本":                "WS",
		"":                  "WS",
		"abcdefghijklmnop":  "ABCDEFGHIJ",
	} {
		got := deriveKeyPrefix(name)
		if got != want || !keyPrefixForm.MatchString(got) {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestNumberedKeyPrefix(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		prefix string
		n      int
		want   string
	}{{"WS", 1, "WS"}, {"WS", 2, "WS2"}, {"ABCDEFGHIJ", 2, "ABCDEFGHI2"}, {"ABCDEFGHIJ", 12, "ABCDEFGH12"}} {
		if got := numberedKeyPrefix(test.prefix, test.n); got != test.want {
			t.Errorf("%s for the %d-th time is %s, want %s", test.prefix, test.n, got, test.want)
		}
	}
}

func TestCheckKeyPrefix(t *testing.T) {
	t.Parallel()
	for prefix, legal := range map[string]bool{"AB": true, "ab": true, "A1": true, "A": false, "1A": false, "A-B": false,
		"ABCDEFGHIJ": true, "ABCDEFGHIJK": false, "": false, "ÄB": false, " AB": false} {
		var checks Checks
		checkKeyPrefix(&checks, prefix, "input", "cardKeyPrefix")
		if (checks.Err() == nil) != legal {
			t.Errorf("%q: %v, legal should be %v", prefix, checks.Err(), legal)
		}
	}
}

// prefixes is a store that holds reservations only.
type prefixes struct {
	Store
	owners map[string]string
}

func (p prefixes) Lock(context.Context, any) error { return nil }

func (p prefixes) Load(_ context.Context, row any) error {
	reserved := row.(*KeyPrefix)
	owner, ok := p.owners[reserved.Prefix]
	if !ok {
		return NotFound("Key prefix")
	}
	reserved.WorkspaceID = owner
	return nil
}

func (p prefixes) Insert(_ context.Context, row any) error {
	reserved := row.(*KeyPrefix)
	p.owners[reserved.Prefix] = reserved.WorkspaceID
	return nil
}

func (p prefixes) RenameKeyPrefix(context.Context, string, string) error { return nil }

func TestKeyPrefixesAreReserved(t *testing.T) {
	t.Parallel()
	service := &Service{Now: SystemClock}
	store := prefixes{owners: map[string]string{"GARDEN": "a", "GARDEN2": "b"}}
	claim := func(id, asked string) (*Workspace, error) {
		workspace := &Workspace{ID: id, Name: "Garden"}
		return workspace, service.claimKeyPrefix(t.Context(), store, workspace, asked)
	}
	if w, err := claim("c", ""); err != nil || w.CardKeyPrefix != "GARDEN3" || store.owners["GARDEN3"] != "c" {
		t.Errorf("derived: %v, %v", w, err)
	}
	if _, err := claim("d", "GARDEN"); CodeOf(err) != CodeConflict {
		t.Errorf("asked for a reserved one: %v", err)
	}
	own := &Workspace{ID: "a", CardKeyPrefix: "OTHER"}
	if err := service.changeKeyPrefix(t.Context(), store, own, "GARDEN"); err != nil || own.CardKeyPrefix != "GARDEN" {
		t.Errorf("taking an own one back: %v", err)
	}
	if err := service.changeKeyPrefix(t.Context(), store, own, "GARDEN2"); CodeOf(err) != CodeConflict {
		t.Errorf("taking a foreign one: %v", err)
	}
	if err := service.changeKeyPrefix(t.Context(), store, own, "FRESH"); err != nil || store.owners["FRESH"] != "a" {
		t.Errorf("taking a free one: %v", err)
	}
}
