package persistence

import (
	"database/sql"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"kanera.dev/domain"
)

// form is what a value looks like on the wire.
type form uint8

const (
	formOther form = iota // left to pgx
	formText
	formID
	formInt2
	formInt4
	formInt8
	formBool
	formInstant
	formJSON // only as text that is left as it is
)

// formKinds are the kinds of places that values of a form fit in, beside those for any.
var formKinds = [...]reflect.Kind{formText: reflect.String, formID: reflect.String, formInt2: reflect.Int, formInt4: reflect.Int,
	formInt8: reflect.Int, formBool: reflect.Bool, formInstant: reflect.Struct}

// formSizes are how long values of a form are; 0 for any length.
var formSizes = [...]int{formID: 16, formInt2: 2, formInt4: 4, formInt8: 8, formBool: 1, formInstant: 8}

// formOf is the form of a column that is read into such a place; formOther unless we read the two as pgx does.
func formOf(field *pgconn.FieldDescription, into any) form {
	form, kind := sentForm(field.DataTypeOID, field.Format == pgx.BinaryFormatCode), placeKind(into)
	if _, text := into.(*string); text && form == formJSON {
		return formText
	}
	if form == formJSON || kind != formKinds[form] && kind != reflect.Interface {
		return formOther
	}
	return form
}

// sentForm is the form in which the database sends values of a type, if that is one of ours.
func sentForm(oid uint32, binary bool) form {
	switch {
	case oid == pgtype.TextOID || oid == pgtype.VarcharOID || oid == pgtype.NumericOID && !binary:
		return formText
	case (oid == pgtype.JSONOID || oid == pgtype.JSONBOID) && !binary:
		return formJSON
	case !binary:
		return formOther
	}
	switch oid {
	case pgtype.UUIDOID:
		return formID
	case pgtype.Int2OID:
		return formInt2
	case pgtype.Int4OID:
		return formInt4
	case pgtype.Int8OID:
		return formInt8
	case pgtype.BoolOID:
		return formBool
	case pgtype.TimestamptzOID:
		return formInstant
	}
	return formOther
}

// placeKind is the kind of values that a place takes: Struct is for instants, Interface for any of ours, Invalid for none.
func placeKind(into any) reflect.Kind {
	switch into.(type) {
	case *string, **string:
		return reflect.String
	case *int, **int, *domain.Position:
		return reflect.Int
	case *bool:
		return reflect.Bool
	case *time.Time, **time.Time:
		return reflect.Struct
	case loose:
		return reflect.Interface
	}
	target := reflect.TypeOf(into)
	for range 2 { // what may be missing is a pointer itself
		if target.Kind() != reflect.Pointer || target.Implements(scanner) {
			break
		}
		switch target = target.Elem(); target.Kind() {
		case reflect.String, reflect.Int, reflect.Bool:
			return target.Kind()
		case reflect.Int64:
			return reflect.Int
		}
	}
	return reflect.Invalid
}

var scanner = reflect.TypeFor[sql.Scanner]()
