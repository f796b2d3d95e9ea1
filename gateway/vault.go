package gateway

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	vaultKeyFile  = "secret.key" // in the data folder
	vaultKeyBytes = 32
)

// vault implements domain.Vault with AES-256-GCM. What it seals is a random nonce and the ciphertext.
type vault struct{ aead cipher.AEAD }

// openVault makes the vault of the configured key, or of the one in the data folder, which it makes when there is none.
func openVault(config Config) (*vault, error) {
	text := config.SecretKey
	if text == "" {
		var err error
		if text, err = keptKey(config.DataDir); err != nil {
			return nil, fmt.Errorf("key of secrets (KANERA_SECRET_KEY, or %s in KANERA_DATA_DIR): %w", vaultKeyFile, err)
		}
	}
	key, ok := readVaultKey(text)
	if !ok {
		return nil, fmt.Errorf("%s in KANERA_DATA_DIR does not hold the base64 of %d bytes", vaultKeyFile, vaultKeyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher of secrets: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("cipher of secrets: %w", err)
	}
	return &vault{aead}, nil
}

// Seal implements domain.Vault.
func (v *vault) Seal(secret []byte, context string) []byte {
	nonce := make([]byte, v.aead.NonceSize(), v.aead.NonceSize()+len(secret)+v.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return v.aead.Seal(nonce, nonce, secret, []byte(context))
}

// Open implements domain.Vault.
func (v *vault) Open(sealed []byte, context string) ([]byte, error) {
	if size := v.aead.NonceSize(); len(sealed) >= size {
		if secret, err := v.aead.Open(nil, sealed[:size], sealed[size:], []byte(context)); err == nil {
			return secret, nil
		}
	}
	return nil, errors.New("not sealed with this key, for this context")
}

// readVaultKey reads the base64 of a key.
func readVaultKey(text string) ([]byte, bool) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return key, err == nil && len(key) == vaultKeyBytes
}

// keptKey reads the key in a folder. When there is none it makes one. Of several processes that do so at once one wins,
// and all read the same.
func keptKey(folder string) (string, error) {
	path := filepath.Join(folder, vaultKeyFile)
	text, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return string(text), err
	}
	if err := makeKey(folder, path); err != nil {
		return "", err
	}
	text, err = os.ReadFile(path)
	return string(text), err
}

// makeKey writes a new key beside the path and links it there, unless somebody else was first.
func makeKey(folder, path string) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, vaultKeyFile+".*") // 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	var key [vaultKeyBytes]byte
	_, _ = rand.Read(key[:]) // never fails: it ends the program instead
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
