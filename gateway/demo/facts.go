package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FactsFile is the name of the file with the facts, in the data folder.
const FactsFile = "demo.env"

// Facts is what somebody needs to know for the first call.
type Facts struct {
	APIURL       string // base of the documented REST paths, with /api/v1
	WorkspaceKey string // admin scope
	PersonalKey  string // of the organisation's owner
	WorkspaceID  string
	BoardID      string
	ListID       string
	CardID       string
}

// lines pairs the members with the names that documentation uses.
func (f *Facts) lines() []struct {
	name  string
	value *string
} {
	return []struct {
		name  string
		value *string
	}{
		{"KANERA_PUBLIC_API_URL", &f.APIURL}, {"KANERA_API_KEY", &f.WorkspaceKey}, {"KANERA_PERSONAL_KEY", &f.PersonalKey},
		{"WORKSPACE_ID", &f.WorkspaceID}, {"BOARD_ID", &f.BoardID}, {"LIST_ID", &f.ListID}, {"CARD_ID", &f.CardID},
	}
}

// String lists the facts as NAME=value lines that a shell can source.
func (f *Facts) String() string {
	var b strings.Builder
	for _, line := range f.lines() {
		fmt.Fprintf(&b, "%s=%s\n", line.name, *line.value)
	}
	return b.String()
}

// Write keeps the facts in the folder, readable by its owner only: they hold keys.
func (f *Facts) Write(folder string) error {
	text := "# Keys and ids of the demo organisation. Source it, then call for example:\n" +
		"#   curl -H \"Authorization: Bearer $KANERA_API_KEY\" \"$KANERA_PUBLIC_API_URL/session\"\n" +
		"# KANERA_PUBLIC_API_URL includes /api/v1. KANERA_API_KEY is a workspace key with admin scope,\n" +
		"# KANERA_PERSONAL_KEY acts as the owner of the organisation.\n" + f.String()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, FactsFile), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write demo facts: %w", err)
	}
	return nil
}

// ReadFacts returns the facts kept in the folder, or nil when there are none.
func ReadFacts(folder string) (*Facts, error) {
	text, err := os.ReadFile(filepath.Join(folder, FactsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read demo facts: %w", err)
	}
	facts := &Facts{}
	for kept := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(kept), "=")
		for _, line := range facts.lines() {
			if line.name == name {
				*line.value = value
			}
		}
	}
	return facts, nil
}
