package gateway

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func vaultOf(t *testing.T, config Config) *vault {
	t.Helper()
	v, err := openVault(config)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func keyOf(fill byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, vaultKeyBytes))
}

func TestVault(t *testing.T) {
	t.Parallel()
	v, other := vaultOf(t, Config{SecretKey: keyOf(1)}), vaultOf(t, Config{SecretKey: keyOf(2)})
	sealed := v.Seal([]byte("whsec_hidden"), "a webhook")
	if bytes.Contains(sealed, []byte("hidden")) || bytes.Equal(sealed, v.Seal([]byte("whsec_hidden"), "a webhook")) {
		t.Errorf("sealed as %q, or alike twice", sealed)
	}
	secret, err := v.Open(sealed, "a webhook")
	if err != nil || string(secret) != "whsec_hidden" {
		t.Errorf("opened as %q, %v", secret, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another context": func() ([]byte, error) { return v.Open(sealed, "another webhook") },
		"another key":     func() ([]byte, error) { return other.Open(sealed, "a webhook") },
		"altered":         func() ([]byte, error) { return v.Open(altered, "a webhook") },
		"cut off":         func() ([]byte, error) { return v.Open(sealed[:5], "a webhook") },
		"nothing":         func() ([]byte, error) { return v.Open(nil, "a webhook") },
	} {
		if secret, err := open(); err == nil || secret != nil {
			t.Errorf("%s: opened as %q", name, secret)
		}
	}
}

// Processes that start at once in an empty folder agree on one key, which only their user can read.
func TestVaultKeyFile(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	vaults := make([]*vault, 16)
	var group sync.WaitGroup
	for i := range vaults {
		group.Go(func() { vaults[i], _ = openVault(Config{DataDir: folder}) })
	}
	group.Wait()
	for i, v := range vaults {
		if v == nil {
			t.Fatalf("vault %d did not open", i)
		}
		if _, err := v.Open(vaults[0].Seal([]byte("s"), "c"), "c"); err != nil {
			t.Errorf("vault %d has another key", i)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder holds %v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Name() != vaultKeyFile || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", info, err)
	}
}

func TestVaultRefusesWhatIsNoKey(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "s3cret\n", keyOf(1)[:20]} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, vaultKeyFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := openVault(Config{DataDir: folder})
		if err == nil || !strings.Contains(err.Error(), vaultKeyFile) || text != "" && strings.Contains(err.Error(), strings.TrimSpace(text)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
