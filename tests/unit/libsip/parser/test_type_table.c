#include "support/guard_str.h"

#include <sip/headers.h>

#include <string.h>

static const struct {
    const char *name;
    char compact;
    bool is_list;
} headers[SIP_HEADER_COUNT] = {
#define HEADER_ROW(id, name, compact, list) [SIP_HEADER_##id] = {name, compact, (list) != 0},
    SIP_HEADER_MAP(HEADER_ROW)
#undef HEADER_ROW
};

static void test_every_header(void **state)
{
    (void)state;
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);

        assert_non_null(type);
        assert_string_equal(type->name, headers[id].name);
        assert_int_equal(type->compact, headers[id].compact);
        assert_int_equal(type->is_list, headers[id].is_list);
        assert_true(type->size > 0);
        for (unsigned other = 1; other < id; other++) {
            assert_ptr_not_equal(type, sip_header_type_of((sip_header_id)other));
        }
    }
    assert_null(sip_header_type_of(SIP_HEADER_OTHER));
    assert_null(sip_header_type_of(SIP_HEADER_COUNT));
}

/* What the engine takes for granted of a table. */
static void test_tables(void **state)
{
    (void)state;
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);
        const sip_shape *shape = type->shape;
        bool in_params = false;

        assert_true(shape->n_fields <= 64);
        for (size_t i = 0; i < shape->n_fields; i++) {
            const sip_field *field = &shape->fields[i];
            const bool is_choice =
                field->kind == SIP_FIELD_CHOICE || field->kind == SIP_FIELD_METHOD;

            assert_true(in_params <= (field->name != NULL));
            in_params = field->name != NULL;
            assert_true(field->offset < type->size);
            assert_true(field->has == SIP_NO_MEMBER || field->has < type->size);
            assert_true(!is_choice || field->has != SIP_NO_MEMBER);
            assert_int_equal(field->kind == SIP_FIELD_CHOICE, field->choices != NULL);
        }
        assert_true(shape->params == SIP_NO_MEMBER || shape->params < type->size);
        assert_true(shape->params != SIP_NO_MEMBER || !in_params);
    }
}

/* No type takes nothing, but for free text, and each takes or refuses any short text without harm.
 */
static void test_short_texts(void **state)
{
    static const char *const texts[] = {"",    " ",     ";",   ",",   "\"",  "<",   ">",    "(",
                                        "*",   "a",     "1",   "a;b", "a=b", "=",   "a;b=", "<a>",
                                        "a/b", "1 2 X", "1.2", "*;a", "a:b", "\"\""};
    uint64_t value[512];

    (void)state;
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);
        const bool is_text = type->shape->fields[0].kind == SIP_FIELD_TEXT;

        assert_true(type->size <= sizeof value);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            guard_page page;
            const sip_str text = guard_str(&page, texts[i]);
            size_t at = 0;
            const int err = sip_header_parse(type, text, value, &at);

            assert_true(err == 0 || err == SIP_ESYNTAX);
            assert_true(at <= text.len);
            assert_true(strlen(texts[i]) > 1 || *texts[i] > ' ' || is_text == (err == 0));
            guard_page_finish(&page);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_header),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_short_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
