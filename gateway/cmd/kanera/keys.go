package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kanera.dev/domain"
	"kanera.dev/gateway"
)

func (e environment) keys() *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Create, list and revoke API keys"}
	keys.AddCommand(e.createKey(), e.listKeys(), e.revokeKey())
	return keys
}

func (e environment) createKey() *cobra.Command {
	var request domain.KeyRequest
	var scope string
	var personal bool
	var own ownLimits
	cmd := &cobra.Command{
		Use: "create --workspace ID --name NAME", Short: "Create a key and print its secret, once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.withService(cmd, func(config gateway.Config, service *domain.Service) error {
				request.Kind, request.Scope, request.Environment = domain.WorkspaceKey, domain.Scope(scope), config.KeyEnvironment()
				if personal {
					request.Kind = domain.PersonalKey
				}
				request.Limits = own.limits(cmd.Flags())
				secret, key, err := service.KeyCreate(cmd.Context(), request)
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.ErrOrStderr(), "Created key", key.ID)
				fmt.Fprintln(cmd.OutOrStdout(), secret)
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.WorkspaceID, "workspace", "", "id of the workspace; a personal key is made in its organisation")
	flags.StringVar(&request.Name, "name", "", "what the key is for, at most 25 characters")
	flags.StringVar(&scope, "scope", string(domain.ScopeRead), "read, write or admin; personal keys have their owner's rights instead")
	flags.BoolVar(&request.DocumentsOnly, "documents-only", false, "limit the key to documents added by `kanera documents add`")
	flags.BoolVar(&personal, "personal", false, "make a key that acts as the person named by --user")
	flags.StringVar(&request.UserEmail, "user", "", "e-mail address of the owner of a personal key, or the creator of a workspace key (default: its oldest admin)")
	own.addTo(flags)
	_ = cmd.MarkFlagRequired("workspace") // fails for unknown flags only
	return cmd
}

// ownLimits are the flags for budgets of one key; those that are not given keep the server's.
type ownLimits struct{ requests, uploads, cost, monthly int }

func (o *ownLimits) addTo(flags *pflag.FlagSet) {
	flags.IntVar(&o.requests, "rate-limit", 0, "requests in a minute, 0 for no limit (default: the server's)")
	flags.IntVar(&o.uploads, "upload-limit", 0, "uploads in a minute, 0 for no limit (default: the server's)")
	flags.IntVar(&o.cost, "cost-limit", 0, "cost of GraphQL operations in a minute, 0 for no limit (default: the server's)")
	flags.IntVar(&o.monthly, "quota", 0, "requests in any 30 days, 0 for no limit (default: the server's)")
}

func (o *ownLimits) limits(flags *pflag.FlagSet) domain.KeyLimits {
	given := func(name string, value *int) *int {
		if !flags.Changed(name) {
			return nil
		}
		return value
	}
	return domain.KeyLimits{PerMinute: given("rate-limit", &o.requests), UploadPerMinute: given("upload-limit", &o.uploads),
		CostPerMinute: given("cost-limit", &o.cost), MonthlyQuota: given("quota", &o.monthly)}
}

func (e environment) listKeys() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all keys; their secrets are not kept", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.withService(cmd, func(_ gateway.Config, service *domain.Service) error {
				keys, err := service.Store.APIKeys(cmd.Context())
				if err != nil {
					return fmt.Errorf("list keys: %w", err)
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tKIND\tSCOPE\tNAME\tBEGINS WITH\tLAST USED\tREVOKED")
				for _, key := range keys {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, key.Kind, key.Scope, orDash(key.Name), key.Prefix, when(key.LastUsedAt), when(key.RevokedAt))
				}
				return table.Flush()
			})
		},
	}
}

func (e environment) revokeKey() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a key at once and for good", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withService(cmd, func(config gateway.Config, service *domain.Service) error {
				return revoke(cmd, config, service, args[0])
			})
		},
	}
}

// revoke ends a key and tells the running servers. A key is revoked even when they cannot be told.
func revoke(cmd *cobra.Command, config gateway.Config, service *domain.Service, id string) error {
	bus, closeBus, unreachable := gateway.OpenBus(cmd.Context(), config)
	if unreachable == nil {
		service.Bus = bus
		defer func() { _ = closeBus() }() // everything was sent
	}
	key, err := service.KeyRevoke(cmd.Context(), id)
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "Revoked key", key.ID)
	if unreachable != nil {
		return fmt.Errorf("running servers could not be told, repeat this: %w", unreachable)
	}
	return nil
}

func orDash(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

func when(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}
