package graph

import (
	"context"

	"kanera.dev/domain"
)

// ofField resolves what all types of field values share.
type ofField[T domain.CustomFieldValue] struct{}

// Field is the field the value belongs to.
func (ofField[T]) Field(ctx context.Context, v *T) (*domain.CustomField, error) {
	return loadersOf(ctx).field.Load(ctx, (*v).Row().FieldID)
}

type numberResolver struct {
	ofField[domain.NumberFieldValue]
}

func (numberResolver) Number(_ context.Context, v *domain.NumberFieldValue) (*float64, error) {
	if v.FieldValue.Number == nil {
		return nil, nil
	}
	number := v.FieldValue.Number.Float()
	return &number, nil
}

func (numberResolver) Decimal(_ context.Context, v *domain.NumberFieldValue) (*domain.Decimal, error) {
	return v.FieldValue.Number, nil
}

type checkboxResolver struct {
	ofField[domain.CheckboxFieldValue]
}

func (checkboxResolver) Checked(_ context.Context, v *domain.CheckboxFieldValue) (*bool, error) {
	return v.Checkbox, nil
}

type selectResolver struct {
	ofField[domain.SelectFieldValue]
}

func (selectResolver) OptionIds(_ context.Context, v *domain.SelectFieldValue) ([]string, error) {
	return v.OptionIDs, nil
}

func (selectResolver) Options(ctx context.Context, v *domain.SelectFieldValue) ([]*domain.CustomFieldOption, error) {
	return many(ctx, &loadersOf(ctx).option, v.OptionIDs)
}

type userValueResolver struct {
	ofField[domain.UserFieldValue]
}

func (userValueResolver) UserIds(_ context.Context, v *domain.UserFieldValue) ([]string, error) {
	return v.UserIDs, nil
}

func (userValueResolver) Users(ctx context.Context, v *domain.UserFieldValue) ([]*domain.User, error) {
	return many(ctx, &loadersOf(ctx).user, v.UserIDs)
}
