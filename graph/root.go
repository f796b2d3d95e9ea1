package graph

import (
	"kanera.dev/domain"
	"kanera.dev/graph/live"
)

// root hands out the resolvers. They hold nothing but the use cases.
type root struct {
	service *domain.Service
	limits  func(*domain.Principal) *APILimits
	feed    func() *live.Feed
}

func (r *root) Activity() ActivityResolver               { return activityResolver{} }
func (r *root) Actor() ActorResolver                     { return actorResolver{} }
func (r *root) Board() BoardResolver                     { return boardResolver{r.service} }
func (r *root) BoardColumn() BoardColumnResolver         { return boardColumnResolver{r.service} }
func (r *root) BoardMember() BoardMemberResolver         { return boardMemberResolver{} }
func (r *root) Card() CardResolver                       { return cardResolver{r.service} }
func (r *root) CustomField() CustomFieldResolver         { return fieldResolver{} }
func (r *root) Label() LabelResolver                     { return labelResolver{} }
func (r *root) List() ListResolver                       { return listResolver{r.service} }
func (r *root) Mutation() MutationResolver               { return mutation{r.service} }
func (r *root) Query() QueryResolver                     { return queries{r.service, r.limits} }
func (r *root) Subscription() SubscriptionResolver       { return subscriptions{r.service, r.feed} }
func (r *root) User() UserResolver                       { return userResolver{} }
func (r *root) Webhook() WebhookResolver                 { return webhookResolver{r.service} }
func (r *root) WebhookDelivery() WebhookDeliveryResolver { return deliveryResolver{} }
func (r *root) Workspace() WorkspaceResolver             { return workspaceResolver{r.service} }
func (r *root) WorkspaceMember() WorkspaceMemberResolver { return workspaceMemberResolver{} }

// queries resolves the root fields that read; mutation those that write. Their methods stand in the file of their
// noun.
type (
	queries struct {
		service *domain.Service
		limits  func(*domain.Principal) *APILimits
	}
	mutation struct{ service *domain.Service }
)

func (r *root) TextFieldValue() TextFieldValueResolver         { return ofField[domain.TextFieldValue]{} }
func (r *root) NumberFieldValue() NumberFieldValueResolver     { return numberResolver{} }
func (r *root) CheckboxFieldValue() CheckboxFieldValueResolver { return checkboxResolver{} }
func (r *root) SelectFieldValue() SelectFieldValueResolver     { return selectResolver{} }
func (r *root) DateFieldValue() DateFieldValueResolver         { return ofField[domain.DateFieldValue]{} }
func (r *root) UrlFieldValue() UrlFieldValueResolver           { return ofField[domain.URLFieldValue]{} }
func (r *root) UserFieldValue() UserFieldValueResolver         { return userValueResolver{} }
