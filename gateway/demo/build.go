package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

// weeks is how far the history of the demo goes back.
const weeks = 12

// builder grows Data. Everything random comes from its generator, in a fixed order.
type builder struct {
	Data
	base   time.Time // midnight UTC; the demo happened before it
	source *rand.ChaCha8
	random *rand.Rand
}

func newBuilder(seed string, base time.Time) *builder {
	var key [32]byte
	copy(key[:], seed)
	source := rand.NewChaCha8(key)
	return &builder{base: base.UTC().Truncate(24 * time.Hour), source: source, random: rand.New(source)} //nolint:gosec // the demo has to repeat itself
}

// Build returns the demo organisation as it stands on the day of base.
func Build(base time.Time) *Data {
	b := newBuilder("kanera demo", base)
	b.organisation(organisationName, "B81647A7E25D10C3", people)
	for i, a := range areas {
		space := b.workspace(a, b.ago((weeks+8)*7-i))
		b.simulate(space, b.plan(space))
	}
	b.key(domain.PersonalKey, b.Workspaces[0], "Demo")
	return &b.Data
}

func (b *builder) id() string {
	return uuid.Must(uuid.NewRandomFromReader(b.source)).String()
}

// ago returns the morning of a day before base.
func (b *builder) ago(days int) time.Time { return b.base.AddDate(0, 0, -days).Add(9 * time.Hour) }

func (b *builder) chance(share float64) bool { return b.random.Float64() < share }

// pick returns a random element; of must not be empty.
func pick[T any](b *builder, of []T) T { return of[b.random.IntN(len(of))] }

func (b *builder) organisation(name, key string, staff []person) {
	joined := b.ago((weeks + 9) * 7)
	b.Organisation = &domain.Organisation{ID: b.id(), Name: name, Key: key, CreatedAt: joined, UpdatedAt: joined}
	for i, p := range staff {
		at := joined.Add(time.Duration(i) * time.Minute)
		user := &domain.User{ID: b.id(), Email: p.email, DisplayName: p.name, TimeZone: p.zone, CreatedAt: at, UpdatedAt: at}
		b.Users = append(b.Users, user)
		b.Memberships = append(b.Memberships, &domain.OrganisationMembership{
			OrganisationID: b.Organisation.ID, UserID: user.ID, Role: p.role, AddedAt: at})
	}
}

// space is a workspace under construction.
type space struct {
	area
	row    *domain.Workspace
	boards []*domain.Board
	lists  []*domain.List
	labels []*domain.Label
	fields []*domain.CustomField
	option map[string][]*domain.CustomFieldOption // by field id
	key    *Key
}

func (b *builder) workspace(a area, at time.Time) *space {
	row := &domain.Workspace{ID: b.id(), OrganisationID: b.Organisation.ID, Name: a.name, CardKeyPrefix: a.prefix,
		Kind: domain.StandardWorkspace, Icon: &a.icon, AccentColor: &a.accent, CompletedCardsActiveDays: 35,
		BoardLinkingEnabled: true, Version: 1, CreatedAt: at, UpdatedAt: at}
	b.Workspaces = append(b.Workspaces, row)
	b.KeyPrefixes = append(b.KeyPrefixes, &domain.KeyPrefix{OrganisationID: row.OrganisationID, Prefix: a.prefix, WorkspaceID: row.ID, CreatedAt: at})
	for i, who := range append(slices.Clone(a.admins), a.members...) {
		role := domain.WorkspaceMemberRole
		if i < len(a.admins) {
			role = domain.WorkspaceAdmin
		}
		b.WorkspaceMembers = append(b.WorkspaceMembers, &domain.WorkspaceMember{WorkspaceID: row.ID, UserID: b.Users[who].ID,
			Role: role, AddedAt: at.Add(time.Duration(i) * time.Minute)})
	}
	s := &space{area: a, row: row, option: map[string][]*domain.CustomFieldOption{}}
	b.listsOf(s, at)
	b.labelsOf(s, at)
	b.fieldsOf(s, at)
	for i, t := range a.boards {
		b.board(s, t, i, at)
	}
	s.key = b.key(domain.WorkspaceKey, row, "Demo "+s.name)
	return s
}

// key plans a key of the organisation's owner.
func (b *builder) key(kind domain.CredentialKind, workspace *domain.Workspace, name string) *Key {
	key := &Key{ID: b.id(), Request: domain.KeyRequest{Kind: kind, WorkspaceID: workspace.ID,
		UserEmail: b.Users[owner].Email, Name: name, Scope: domain.ScopeAdmin}}
	b.Keys = append(b.Keys, key)
	return key
}

func (b *builder) board(s *space, t team, place int, at time.Time) {
	board := &domain.Board{ID: b.id(), OrganisationID: s.row.OrganisationID, WorkspaceID: s.row.ID, Name: t.name,
		Description: &t.description, Icon: &t.icon, IconColor: &t.color, BackgroundGradient: &t.background,
		Position: domain.PositionAt(place), Version: 1, CreatedAt: at, UpdatedAt: at}
	s.boards = append(s.boards, board)
	b.Boards = append(b.Boards, board)
	add := func(who int, row domain.BoardMember) {
		joined := at.Add(time.Duration(who) * time.Minute)
		row.BoardID, row.UserID, row.AddedAt = board.ID, b.Users[who].ID, &joined
		b.BoardMembers = append(b.BoardMembers, &row)
	}
	for _, who := range s.admins {
		add(who, domain.BoardMember{Role: domain.BoardEditor, Pinned: true})
	}
	for _, who := range t.editors {
		add(who, domain.BoardMember{Role: domain.BoardEditor})
	}
	if t.restricted {
		add(leo, domain.BoardMember{Role: domain.BoardEditor, AssignedItemsOnly: true})
	}
	if t.observes {
		add(observer, domain.BoardMember{Role: domain.BoardObserver})
	}
}

func (b *builder) listsOf(s *space, at time.Time) {
	for i, n := range s.area.lists {
		row := &domain.List{ID: b.id(), OrganisationID: s.row.OrganisationID, WorkspaceID: s.row.ID, Name: n.name,
			Color: tint(n.color), Position: domain.PositionAt(i), Version: 1, CreatedAt: at, UpdatedAt: at}
		s.lists, b.Lists = append(s.lists, row), append(b.Lists, row)
	}
}

func (b *builder) labelsOf(s *space, at time.Time) {
	for i, n := range s.area.labels {
		row := &domain.Label{ID: b.id(), OrganisationID: s.row.OrganisationID, WorkspaceID: s.row.ID, Name: n.name,
			Color: tint(n.color), Position: domain.PositionAt(i), Version: 1, CreatedAt: at, UpdatedAt: at}
		s.labels, b.Labels = append(s.labels, row), append(b.Labels, row)
	}
}

func (b *builder) fieldsOf(s *space, at time.Time) {
	for i, p := range s.area.fields {
		field := &domain.CustomField{ID: b.id(), OrganisationID: s.row.OrganisationID, WorkspaceID: s.row.ID, Name: p.name,
			Icon: &p.icon, Type: p.kind, AllowMultiple: p.multiple, ShowOnCard: true, Position: domain.PositionAt(i),
			Version: 1, CreatedAt: at, UpdatedAt: at}
		s.fields, b.Fields = append(s.fields, field), append(b.Fields, field)
		for j, n := range p.options {
			option := &domain.CustomFieldOption{ID: b.id(), OrganisationID: field.OrganisationID, WorkspaceID: field.WorkspaceID,
				FieldID: field.ID, Label: n.name, Color: tint(n.color), Position: domain.PositionAt(j), Version: 1, CreatedAt: at, UpdatedAt: at}
			s.option[field.ID], b.Options = append(s.option[field.ID], option), append(b.Options, option)
		}
	}
}

func tint(c domain.Color) *domain.Color {
	if c == "" {
		return nil
	}
	return &c
}

// titles returns n titles without repetition; a team has tasks and subjects for that many.
func (b *builder) titles(t team) []string {
	var all []string
	for _, task := range t.tasks {
		for _, subject := range t.subjects {
			all = append(all, fmt.Sprintf(task, subject))
		}
	}
	b.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(t.cards, len(all))]
}
