// Command deliver sends signed deliveries to the URL it is given, and prints the live secrets of each, newest first,
// as one line of JSON: what `make verify-webhooks` hands to the published packages.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"kanera.dev/gateway/webhook"
)

// rounds are enough for every letter of base64 to appear in a secret and in a signature.
const rounds = 40

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: deliver URL")
	}
	sender := webhook.NewSender(webhook.Config{AllowPrivate: true})
	defer sender.Close()
	lines := json.NewEncoder(os.Stdout)
	secrets := []string{webhook.NewSecret()}
	for i := range rounds {
		if i%2 == 1 { // a rotation
			secrets = []string{webhook.NewSecret(), secrets[0]}
		} else {
			secrets = secrets[:1]
		}
		id := fmt.Sprintf("0199aa00-0000-7000-8000-%012d", i)
		body := fmt.Sprintf(`{"id":%q,"type":"comment:created","data":{"body":"Größe 😀 <b> \u2028 \" \\ %d"}}`, id, i)
		if result := sender.Send(ctx, webhook.Request{URL: args[0], EventID: id, Body: []byte(body), Secrets: secrets}); !result.Delivered() {
			return fmt.Errorf("not delivered: %s", result.Err)
		}
		if err := lines.Encode(map[string]any{"id": id, "secrets": secrets}); err != nil {
			return fmt.Errorf("print the secrets: %w", err)
		}
	}
	return nil
}
