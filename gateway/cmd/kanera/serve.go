package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"kanera.dev/gateway"
)

func (e environment) serve() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the server; the first start in development seeds a demo organisation", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := e.config(cmd)
			if err != nil {
				return err
			}
			return serve(cmd, config)
		},
	}
}

func serve(cmd *cobra.Command, config gateway.Config) (err error) {
	ctx := cmd.Context()
	server, err := gateway.Open(ctx, config, gateway.NewLog(cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	facts, err := server.Prepare(ctx)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return fmt.Errorf("listen (KANERA_ADDR): %w", err)
	}
	server.Announce(cmd.OutOrStdout(), facts)
	return server.Serve(ctx, listener)
}
