/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message/ident.h"
#include "parser/cursor.h"

/* The worst generator: always the same. */
static void fill_sevens(void *bytes, size_t len, void *user_data)
{
    (void)user_data;
    memset(bytes, 7, len);
}

static const sip_random sevens = {fill_sevens, NULL};

static void test_branch(void **state)
{
    char one[SIP__BRANCH_BYTES], two[SIP__BRANCH_BYTES];
    sip__ident ident;
    sip_str a, b;

    (void)state;
    sip__ident_init(&ident, &sevens, 1, 200);
    a = sip__ident_branch(&ident, one);
    b = sip__ident_branch(&ident, two);
    assert_false(sip_str_same(a, b));
    assert_true(sip__is_token(a));
    assert_int_equal(strlen(one), a.len);
    assert_memory_equal(one, "z9hG4bK", 7);
    assert_int_equal(sip__ident_branch_worker(a), 200);
    for (size_t len = 0; len < a.len; len++) {
        assert_int_equal(sip__ident_branch_worker((sip_str){one, len}), -1);
    }
    one[12] = 'G';
    assert_int_equal(sip__ident_branch_worker(a), -1);
    assert_int_equal(sip__ident_branch_worker(SIP_STR("z9hG4bK74bf9")), -1);
    assert_int_equal(sip__ident_branch_worker((sip_str){NULL, 0}), -1);
}

static void test_proved_branch(void **state)
{
    static const sip__branch_proof proofs[] = {
        {.mac = 0xfedcba9876543210u}, {.mac = 1, .back = 0x8000000000000002u, .has_back = true}};
    char text[SIP__PROVED_BRANCH_BYTES];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        sip_str branch = sip__ident_proved_branch(255, &proofs[i], text);
        sip__branch_proof read = {0};

        assert_int_equal(strlen(text), branch.len);
        assert_true(sip__is_token(branch));
        assert_int_equal(sip__ident_branch_worker(branch), 255);
        assert_true(sip__ident_branch_proof(branch, &read));
        assert_true(read.mac == proofs[i].mac && read.back == proofs[i].back);
        assert_int_equal(read.has_back, i);
        for (size_t len = 0; len < branch.len; len++) {
            assert_int_equal(sip__ident_branch_proof((sip_str){text, len}, &read), len == 26);
        }
        text[branch.len - 1] = 'x';
        assert_false(sip__ident_branch_proof(branch, &read));
        assert_int_equal(sip__ident_branch_worker(branch), -1);
    }
    assert_false(sip__ident_branch_proof(SIP_STR("z9hG4bKp0000000000000000000000001"),
                                         &(sip__branch_proof){0}));
}

static void test_tag(void **state)
{
    char text[SIP_TAG_BYTES];
    sip__ident ident;
    sip_str tag;

    (void)state;
    sip__ident_init(&ident, NULL, 0xdeadbeef, 3);
    tag = sip__ident_tag(&ident, text);
    assert_int_equal(strlen(text), tag.len);
    assert_true(sip__is_token(tag));
    assert_int_equal(sip__ident_tag_worker(0xdeadbeef, tag), 3);
    assert_int_equal(sip__ident_tag_worker(0xdeadbeee, tag), -1);
    assert_int_equal(sip__ident_tag_worker(0xdeadbeef, SIP_STR("9fxced76sl")), -1);
    assert_int_equal(sip__ident_tag_worker(0xdeadbeef, (sip_str){NULL, 0}), -1);
    text[tag.len - 1] = 'x';
    assert_int_equal(sip__ident_tag_worker(0xdeadbeef, tag), -1);
}

static void test_call_id(void **state)
{
    char one[SIP_CALL_ID_BYTES], two[SIP_CALL_ID_BYTES];
    sip__ident ident;
    sip_str a;

    (void)state;
    sip__ident_init(&ident, &sevens, 1, 0);
    a = sip__ident_call_id(&ident, one);
    assert_true(sip__is_token(a));
    assert_int_equal(strlen(one), a.len);
    assert_false(sip_str_same(a, sip__ident_call_id(&ident, two)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_branch),
        cmocka_unit_test(test_proved_branch),
        cmocka_unit_test(test_tag),
        cmocka_unit_test(test_call_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
