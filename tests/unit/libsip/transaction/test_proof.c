#include "transaction/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

static const char secret[] = "correct horse battery staple";

static sip_msg *message(const char *start, const char *vias, const char *rest)
{
    sip_msg *msg = NULL;
    char text[1000];

    snprintf(text, sizeof text, "%s\r\n%s%sContent-Length: 0\r\n\r\n", start, vias, rest);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static sip_msg *request(const char *from, const char *to, const char *call_id)
{
    char text[300];

    snprintf(text, sizeof text, "From: <sip:a@x>%s\r\nTo: <sip:b@y>%s\r\nCall-ID: %s\r\n", from, to,
             call_id);
    return message("INVITE sip:b@y SIP/2.0", "", text);
}

static void test_keys(void **state)
{
    sip__proof_keys a, b, c;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&a, secret, NULL), 0);
    assert_int_equal(sip__proof_keys_init(&b, secret, NULL), 0);
    assert_memory_equal(&a, &b, sizeof a); /* after a restart too */
    assert_memory_not_equal(a.dialog, a.branch, sizeof a.dialog);
    assert_int_equal(sip__proof_keys_init(&c, "another secret text", NULL), 0);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_int_equal(sip__proof_keys_init(&b, NULL, sip_random_system()), 0);
    assert_int_equal(sip__proof_keys_init(&c, NULL, sip_random_system()), 0);
    assert_memory_not_equal(&b, &c, sizeof b);
}

static void test_dialogs(void **state)
{
    static const struct {
        const char *from, *to, *call_id;
        bool proved;
    } cases[] = {
        {";tag=1", ";tag=2", "c", true},  {";tag=2", ";tag=1", "c", true}, /* from the callee */
        {";tag=1", "", "c", true},        {";tag=2", ";tag=3", "c", false},
        {";tag=1", ";tag=2", "d", false}, {"", "", "c", false},
    };
    sip_msg *first = request(";tag=1", "", "c");
    char proof[SIP__PROOF_BYTES], other[SIP__PROOF_BYTES];
    sip__proof_keys keys;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    sip__proof_of_dialog(&keys, first, proof);
    assert_int_equal(strlen(proof), 16);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sip_msg *later = request(cases[i].from, cases[i].to, cases[i].call_id);

        assert_int_equal(sip__proof_is_of_dialog(&keys, later, sip_str_of(proof)), cases[i].proved);
        sip_msg_unref(later);
    }
    for (size_t i = 0; i < 16; i++) {
        memcpy(other, proof, sizeof other);
        other[i] = other[i] == '0' ? '1' : '0';
        assert_false(sip__proof_is_of_dialog(&keys, first, sip_str_of(other)));
        other[i] = 'x';
        assert_false(sip__proof_is_of_dialog(&keys, first, sip_str_of(other)));
        assert_false(sip__proof_is_of_dialog(&keys, first, (sip_str){proof, i}));
    }
    keys.dialog[1]++;
    assert_false(sip__proof_is_of_dialog(&keys, first, sip_str_of(proof)));
    sip_msg_unref(first);
}

#define REST "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 4 INVITE\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.8;rport=9\r\n"

static void test_branches(void **state)
{
    static const struct {
        const char *second, *rest;
        bool ours;
    } cases[] = {
        {VIA, REST, true},
        {"v: SIP/2.0/UDP  192.0.2.9 : 7 ; rport=9;received=192.0.2.8; branch=z9hG4bKa\r\n",
         "f: <sip:a@x>;tag=1\r\nt: <sip:b@y>;tag=9\r\ni: c\r\nCSeq: 4 INVITE\r\n", true},
        {"", REST, false},
        {"Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKb;received=192.0.2.8;rport=9\r\n", REST,
         false},
        {"Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.7;rport=9\r\n", REST,
         false},
        {"Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.8;rport=8\r\n", REST,
         false},
        {"Via: SIP/2.0/TCP 192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.8;rport=9\r\n", REST,
         false},
        {"Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.8\r\n", REST, false},
        {"Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;rport=9\r\n", REST, false},
        {"Via: SIP/2.0/UDP name;branch=z9hG4bKa;rport=9\r\n", REST, false},
        /* The same address in other words. */
        {"Via: SIP/2.0/UDP 192.0.2.8:9;branch=z9hG4bKa\r\n", REST, true},
        {"Via: SIP/2.0/UDP "
         "192.0.2.9:7;branch=z9hG4bKa;received=192.0.2.8;rport=9;maddr=192.0.2.66\r\n",
         REST, false},
        {VIA, "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 5 INVITE\r\n", false},
        {VIA, "From: <sip:a@x>;tag=2\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 4 INVITE\r\n", false},
        {VIA, "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: d\r\nCSeq: 4 INVITE\r\n", false},
    };
    sip_msg *passed_on = message("INVITE sip:b@y SIP/2.0", VIA, REST);
    char branch[SIP__PROVED_BRANCH_BYTES], again[SIP__PROVED_BRANCH_BYTES], vias[400];
    sip__proof_keys keys;
    sip_msg *msg;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    sip__proof_branch(&keys, 5, passed_on, branch);
    sip__proof_branch(&keys, 5, passed_on, again);
    assert_string_equal(branch, again);
    assert_int_equal(sip__ident_branch_worker(sip_str_of(branch)), 5);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(vias, sizeof vias, "Via: SIP/2.0/UDP us;branch=%s\r\n%s", branch, cases[i].second);
        msg = message("SIP/2.0 200 OK", vias, cases[i].rest);
        assert_int_equal(sip__proof_is_of_response(&keys, msg, NULL), cases[i].ours);
        sip_msg_unref(msg);
    }
    snprintf(vias, sizeof vias, "Via: SIP/2.0/UDP us;branch=z9hG4bKp\r\n%s", VIA);
    msg = message("SIP/2.0 200 OK", vias, REST);
    assert_false(sip__proof_is_of_response(&keys, msg, NULL));
    sip_msg_unref(msg);
    msg = message("SIP/2.0 200 OK", "", REST);
    assert_false(sip__proof_is_of_response(&keys, msg, NULL));
    sip_msg_unref(msg);
    sip_msg_unref(passed_on);
}

/* What was received and the copy that is printed of it get the same branch. */
static void test_a_branch_before_and_after_printing(void **state)
{
    static const char *const vias[] = {
        "Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa\r\n",
        "Via: SIP/2.0/UDP 192.0.2.9:7;branch=z9hG4bKa;rport\r\n",
        "Via: SIP/2.0/UDP pc.example.com;branch=z9hG4bKa;rport\r\n",
        "Via: SIP/2.0/UDP pc.example.com:99;branch=z9hG4bKa\r\n",
        "Via: SIP/2.0/UDP 10.1.2.3;branch=z9hG4bKa;received=192.0.2.66;rport=5\r\n",
        "Via: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa\r\n",
    };
    const sip_path sources[] = {
        {.protocol = SIP_PROTOCOL_UDP,
         .remote = {.ip = {192, 0, 2, 9}, .port = 7, .family = SIP_FAMILY_IP4}},
        {.protocol = SIP_PROTOCOL_UDP,
         .remote = {.ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 7, .family = SIP_FAMILY_IP6}},
    };
    char a[SIP__PROVED_BRANCH_BYTES], b[SIP__PROVED_BRANCH_BYTES];
    sip__proof_keys keys;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    for (size_t i = 0; i < 2 * (sizeof vias / sizeof *vias); i++) {
        sip_msg *msg = NULL, *copy = NULL;
        sip_edit *edit;
        char text[600];

        snprintf(text, sizeof text, "INVITE sip:b@y SIP/2.0\r\n%s%s\r\n", vias[i / 2], REST);
        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &sources[i % 2], &msg, NULL),
                         0);
        edit = sip_edit_create(msg);
        sip_edit_received(edit);
        assert_int_equal(sip_edit_finish(edit, &copy), 0);
        sip__proof_branch(&keys, 0, msg, a);
        sip__proof_branch(&keys, 0, copy, b);
        assert_string_equal(a, b);
        sip_msg_unref(copy);
        sip_msg_unref(msg);
    }
}

/* By the branch alone it is known which connection a request came by; others learn nothing of it.
 */
static void test_the_way_back(void **state)
{
    sip_path source = {.protocol = SIP_PROTOCOL_TCP,
                       .flow = 0x0102030405060708,
                       .remote = {.ip = {192, 0, 2, 9}, .port = 7, .family = SIP_FAMILY_IP4}};
    char branch[SIP__PROVED_BRANCH_BYTES], vias[400], text[700];
    sip_path back = {0};
    sip__proof_keys keys;
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    snprintf(text, sizeof text,
             "INVITE sip:b@y SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.1:99;branch=z9hG4bKa\r\n%s\r\n",
             REST);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    sip__proof_branch(&keys, 3, msg, branch);
    sip_msg_unref(msg);
    assert_int_equal(strlen(branch), 42);
    assert_null(strstr(branch, "0102030405060708"));
    assert_int_equal(sip__ident_branch_worker(sip_str_of(branch)), 3);
    for (int altered = 0; altered < 2; altered++) {
        branch[41] = (char)(branch[41] ^ altered);
        snprintf(vias, sizeof vias,
                 "Via: SIP/2.0/UDP us;branch=%s\r\nVia: SIP/2.0/TCP "
                 "10.0.0.1:99;branch=z9hG4bKa;received=192.0.2.9\r\n",
                 branch);
        msg = message("SIP/2.0 200 OK", vias, REST);
        assert_int_equal(sip__proof_is_of_response(&keys, msg, &back), !altered);
        assert_int_equal(back.flow, source.flow);
        assert_int_equal(back.protocol, SIP_PROTOCOL_TCP);
        assert_int_equal(back.remote.port, 99);
        sip_msg_unref(msg);
    }
}

static void test_tags(void **state)
{
    char tag[SIP__PROOF_BYTES], rest[300];
    sip_msg *invite = message("INVITE sip:b@y SIP/2.0", VIA, REST), *ack;
    sip__proof_keys keys;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    assert_int_equal(sip__proof_tag(&keys, invite, tag).len, 16);
    assert_false(sip__proof_is_of_ack(&keys, invite));
    for (int i = 0; i < 3; i++) {
        snprintf(rest, sizeof rest,
                 "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>;tag=%s\r\nCall-ID: %s\r\nCSeq: 4 ACK\r\n",
                 i == 1 ? "0123456789abcdef" : tag, i == 2 ? "d" : "c");
        ack = message("ACK sip:b@y SIP/2.0", VIA, rest);
        assert_int_equal(sip__proof_is_of_ack(&keys, ack), i == 0);
        sip_msg_unref(ack);
    }
    sip_msg_unref(invite);
}

/* What of an INVITE goes on is answered as one with its CANCEL. */
static void test_cancel_has_the_branch_of_its_invite(void **state)
{
    sip_msg *invite = message("INVITE sip:b@y SIP/2.0", VIA, REST);
    sip_msg *cancel =
        message("CANCEL sip:b@y SIP/2.0", VIA,
                "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 4 CANCEL\r\n");
    char a[SIP__PROVED_BRANCH_BYTES], b[SIP__PROVED_BRANCH_BYTES];
    sip__proof_keys keys;

    (void)state;
    assert_int_equal(sip__proof_keys_init(&keys, secret, NULL), 0);
    sip__proof_branch(&keys, 0, invite, a);
    sip__proof_branch(&keys, 0, cancel, b);
    assert_string_equal(a, b);
    sip_msg_unref(invite);
    sip_msg_unref(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_dialogs),
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_a_branch_before_and_after_printing),
        cmocka_unit_test(test_the_way_back),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_cancel_has_the_branch_of_its_invite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
