package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kanera.dev/gateway"
)

func (e environment) migrate() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database schema up to date; changes nothing when it is", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			config, err := e.config(cmd)
			if err != nil {
				return err
			}
			store, err := gateway.OpenStore(cmd.Context(), config)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			version, err := store.SchemaVersion(cmd.Context())
			if err != nil {
				return fmt.Errorf("read schema version: %w", err)
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "The schema is at version", version)
			return nil
		},
	}
}
