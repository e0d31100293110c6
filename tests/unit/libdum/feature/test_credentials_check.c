#include "feature/credentials_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/sim.h>

#define NONE DUM__CREDENTIALS_NONE
#define MALFORMED DUM__CREDENTIALS_MALFORMED
#define WRONG DUM__CREDENTIALS_WRONG
#define STALE DUM__CREDENTIALS_STALE
#define RIGHT DUM__CREDENTIALS_RIGHT

static const sip_digest_algorithm both[] = {SIP_DIGEST_SHA256, SIP_DIGEST_MD5};

typedef struct world {
    sip_sim *sim;
    sip_clock clock;
    sip_nonces *nonces;
    dum__credentials_check check;
    char nonce[SIP_NONCE_BYTES];
    char user[DUM__AUTH_USER_BYTES];
    sip_str ret_user;
    unsigned lookups;
} world;

static bool find_a1(dum_manager *dum, sip_str user, sip_str realm, sip_digest_algorithm algorithm,
                    char a1_hex[SIP_DIGEST_HEX_BYTES], void *user_data)
{
    (void)dum;
    ((world *)user_data)->lookups++;
    return !sip_str_equal(user, "nobody") &&
           sip_digest_a1(algorithm, user, realm, SIP_STR("secret"), a1_hex) == 0;
}

static const dum_server_auth_handler handler = {.find_a1 = find_a1};

static sip_time_ms now_ms(void *user_data)
{
    return sip_sim_now_ms(user_data);
}

static int64_t unix_s(void *user_data)
{
    return (int64_t)(sip_sim_now_ms(user_data) / 1000);
}

static void open_world(world *it)
{
    const dum_server_auth_config config = {.realm = "home"};
    const uint8_t key[32] = {1, 2, 3};
    dum_manager *dum;
    sip_stack *stack;

    *it = (world){.lookups = 0};
    assert_int_equal(sip_sim_create(NULL, &it->sim), 0);
    assert_int_equal(sip_sim_add_host(it->sim, "ua", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &dum), 0);
    assert_int_equal(dum_manager_set_server_auth(dum, &config, &handler, it), 0);
    it->clock = (sip_clock){now_ms, unix_s, it->sim};
    assert_int_equal(sip_nonces_create(NULL, &it->clock, key, 0, 300, &it->nonces), 0);
    assert_int_equal(sip_nonces_make(it->nonces, it->nonce), 0);
    it->check = (dum__credentials_check){dum, it->nonces, SIP_STR_INIT("home"), both, 2};
}

static void close_world(world *it)
{
    sip_nonces_destroy(it->nonces);
    sip_sim_destroy(it->sim);
}

/* Judge a REGISTER with these lines. */
static dum__credentials_verdict judge(world *it, const char *headers, const char *body)
{
    dum__credentials_verdict verdict;
    char text[4000];
    sip_msg *msg;

    snprintf(text, sizeof text,
             "REGISTER sip:home SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:alice@home>;tag=1\r\nTo: <sip:alice@home>\r\n"
             "Call-ID: c\r\nCSeq: 1 REGISTER\r\n%sContent-Length: %zu\r\n\r\n%s",
             headers, strlen(body), body);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    it->ret_user = SIP_STR("nobody proved");
    verdict = dum__credentials_check_request(&it->check, msg, it->user, &it->ret_user);
    assert_int_equal(verdict == RIGHT, !sip_str_equal(it->ret_user, "nobody proved"));
    sip_msg_unref(msg);
    return verdict;
}

typedef struct answer {
    const char *user, *password, *algorithm, *qop, *uri, *body;
    uint32_t nc;
} answer;

static const char *or_else(const char *given, const char *usual)
{
    return given != NULL ? given : usual;
}

/* The Authorization line of a client; members left out are what is right. */
static const char *line_of(const world *it, const answer *how, char out[1700])
{
    const sip_auth challenge = {.scheme = SIP_STR_INIT("Digest"),
                                .realm = SIP_STR_INIT("home"),
                                .nonce = sip_str_of(it->nonce),
                                .algorithm = sip_str_of(or_else(how->algorithm, "SHA-256")),
                                .qop = sip_str_of(or_else(how->qop, "auth"))};
    const sip_digest_input input = {.method = SIP_STR_INIT("REGISTER"),
                                    .uri = sip_str_of(or_else(how->uri, "sip:home")),
                                    .body = sip_str_of(or_else(how->body, "")),
                                    .cnonce = SIP_STR_INIT("cn")};
    char value[1600];

    assert_true(sip_digest_authorize(&challenge, sip_str_of(or_else(how->user, "alice")),
                                     sip_str_of(or_else(how->password, "secret")), &input,
                                     how->nc != 0 ? how->nc : 1, value, sizeof value) > 0);
    snprintf(out, 1700, "Authorization: %s\r\n", value);
    return out;
}

static dum__credentials_verdict judge_answer(world *it, const answer *how)
{
    char line[1700];

    return judge(it, line_of(it, how, line), or_else(how->body, ""));
}

static void right_ones(void **state)
{
    static const answer answers[] = {
        {.nc = 1},
        {.nc = 2, .algorithm = "MD5"},
        {.nc = 3, .qop = "auth-int", .body = "hello"},
        {.nc = 4, .uri = "sip:HOME"},
        {.nc = 5, .uri = "sip:192.0.2.1"}, /* a proxy may have changed the host */
    };
    world it;

    (void)state;
    open_world(&it);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_int_equal(judge_answer(&it, &answers[i]), RIGHT);
        assert_true(sip_str_equal(it.ret_user, "alice"));
    }
    assert_int_equal(judge_answer(&it, &(answer){.user = "a\"b\\c", .nc = 9}), RIGHT);
    assert_true(sip_str_equal(it.ret_user, "a\"b\\c"));
    close_world(&it);
}

static void wrong_ones(void **state)
{
    char line[1700], *response;
    world it;

    (void)state;
    open_world(&it);
    assert_int_equal(judge_answer(&it, &(answer){.password = "sesame"}), WRONG);
    assert_int_equal(judge_answer(&it, &(answer){.user = "nobody"}), WRONG);
    assert_int_equal(it.lookups, 2);
    /* The body is under the response, too. */
    line_of(&it, &(answer){.qop = "auth-int", .body = "hello"}, line);
    assert_int_equal(judge(&it, line, "hallo"), WRONG);
    /* Too short a response; hex digits of either case are right. */
    line_of(&it, &(answer){.nc = 1}, line);
    response = strstr(line, "response=\"");
    assert_non_null(response);
    for (char *at = response + 10; *at != '"'; at++) {
        *at = *at >= 'a' && *at <= 'f' ? (char)(*at - 0x20) : *at;
    }
    assert_int_equal(judge(&it, line, ""), RIGHT);
    response[10] = response[10] == '0' ? '1' : '0';
    assert_int_equal(judge(&it, line, ""), WRONG);
    memmove(response + 10, response + 11, strlen(response + 11) + 1);
    assert_int_equal(judge(&it, line, ""), WRONG);
    close_world(&it);
}

static void nonces_that_serve_no_longer(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    assert_int_equal(judge_answer(&it, &(answer){.nc = 7}), RIGHT);
    assert_int_equal(judge_answer(&it, &(answer){.nc = 7}), STALE); /* replayed */
    assert_int_equal(judge_answer(&it, &(answer){.nc = 8}), RIGHT);
    sip_sim_run(it.sim, 301000);
    assert_int_equal(judge_answer(&it, &(answer){.nc = 9}), STALE);
    assert_int_equal(judge_answer(&it, &(answer){.nc = 9, .password = "sesame"}), WRONG);
    snprintf(it.nonce, sizeof it.nonce, "not one of ours");
    assert_int_equal(judge_answer(&it, &(answer){.nc = 1}), STALE);
    close_world(&it);
}

#define FIELDS "username=\"alice\", nonce=\"n\", uri=\"sip:home\""
#define RESPONSE ", response=\"00000000000000000000000000000000\""

static void without_digests(void **state)
{
    static const struct {
        const char *params;
        dum__credentials_verdict verdict;
    } cases[] = {
        {"Digest realm=\"home\", " FIELDS, MALFORMED},
        {"Digest realm=\"home\", nonce=\"n\", uri=\"sip:home\"" RESPONSE, MALFORMED},
        {"Digest realm=\"home\", username=\"a\", uri=\"sip:home\"" RESPONSE, MALFORMED},
        {"Digest realm=\"home\", username=\"a\", nonce=\"n\"" RESPONSE, MALFORMED},
        {"Digest realm=\"home\", username=\"a\", nonce=\"n\", uri=\"sip:bob@home\"" RESPONSE,
         MALFORMED},
        {"Digest realm=\"home\", username=\"a\", nonce=\"n\", uri=\"x\"" RESPONSE, MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, nc=00000001", MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, cnonce=\"c\"", MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, cnonce=\"c\", nc=1", MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, cnonce=\"c\", nc=0000000g",
         MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, cnonce=\"c\", nc=00000000",
         MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=other, cnonce=\"c\", nc=00000001",
         MALFORMED},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", qop=auth, cnonce=\"c\", nc=0000aBcD", WRONG},
        {"Digest realm=\"home\", " FIELDS RESPONSE, WRONG}, /* MD5 without qop is on offer */
        {"Digest realm=\"home\", " FIELDS RESPONSE ", algorithm=SHA-512-256", NONE},
        {"Digest realm=\"home\", " FIELDS RESPONSE ", algorithm=SHA3", NONE},
        {"Digest realm=\"elsewhere\", " FIELDS RESPONSE, NONE},
        {"Basic YWxpY2U6c2VjcmV0", NONE},
    };
    char line[700];
    world it;

    (void)state;
    open_world(&it);
    assert_int_equal(judge(&it, "", ""), NONE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(line, sizeof line, "Authorization: %s\r\n", cases[i].params);
        assert_int_equal(judge(&it, line, ""), cases[i].verdict);
    }
    close_world(&it);
}

/* Several lines (22.3): others' realms are passed over, and the best of ours counts. */
static void several_lines(void **state)
{
    char lines[4000], line[1700];
    world it;

    (void)state;
    open_world(&it);
    snprintf(lines, sizeof lines,
             "Authorization: Digest realm=\"elsewhere\", " FIELDS RESPONSE "\r\n"
             "Authorization: Digest realm=\"home\", " FIELDS RESPONSE "\r\n%s",
             line_of(&it, &(answer){.nc = 1}, line));
    assert_int_equal(judge(&it, lines, ""), RIGHT);
    assert_int_equal(judge(&it, lines, ""), STALE);
    close_world(&it);
}

static void a_name_longer_than_ours(void **state)
{
    char name[301];
    world it;

    (void)state;
    open_world(&it);
    memset(name, 'a', sizeof name);
    name[300] = '\0';
    assert_int_equal(judge_answer(&it, &(answer){.user = name}), WRONG);
    assert_int_equal(it.lookups, 0);
    name[DUM__AUTH_USER_BYTES] = '\0';
    assert_int_equal(judge_answer(&it, &(answer){.user = name}), RIGHT);
    assert_int_equal(it.ret_user.len, DUM__AUTH_USER_BYTES);
    close_world(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_ones),
        cmocka_unit_test(wrong_ones),
        cmocka_unit_test(nonces_that_serve_no_longer),
        cmocka_unit_test(without_digests),
        cmocka_unit_test(several_lines),
        cmocka_unit_test(a_name_longer_than_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
