/* The hosts file in memory: what it says, when it is read, and what it may not do. */
#include "io/hosts_file.h"
#include "support/fail_alloc.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define EVERY_MS 1000

typedef struct world {
    char path[40];
    sip_time_ms now_ms;
    sip__hosts_file hosts;
} world;

/* Write the file's text in place. */
static void put(const world *w, const char *text, size_t len)
{
    int fd = open(w->path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(close(fd), 0);
}

static void start(world *w, const char *text)
{
    int fd;

    memset(w, 0, sizeof(*w));
    (void)snprintf(w->path, sizeof(w->path), "/tmp/parley-hosts-XXXXXX");
    fd = mkstemp(w->path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    put(w, text, strlen(text));
    sip__hosts_file_init(&w->hosts, sip_allocator_default(), w->path, EVERY_MS);
}

static void finish(world *w)
{
    sip__hosts_file_finish(&w->hosts);
    assert_int_equal(unlink(w->path), 0);
}

/* The addresses of `name` are these, with a blank between. */
static void expect(world *w, const char *name, const char *wanted)
{
    const sip__named_address *first = NULL;
    size_t n = sip__hosts_file_find(&w->hosts, sip_str_of(name), w->now_ms, &first);
    char all[300] = "";

    for (size_t i = 0; i < n; i++) {
        char text[SIP_ADDR_TEXT_BYTES];

        (void)snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i > 0 ? " " : "",
                       sip_addr_host(&first[i].addr, text));
        assert_int_equal(first[i].addr.port, 0);
    }
    assert_true((n == 0) == (first == NULL));
    assert_string_equal(all, wanted);
}

static void test_what_it_says(void **state)
{
    world w;

    (void)state;
    start(&w, "# comment with.a.name\n"
              "192.0.2.1 Proxy.example.com\tproxy # other\r\n"
              "\n"
              "2001:db8::1 proxy.EXAMPLE.com.\n"
              "nonsense lost.example.com\n"
              "192.0.2.9\n"
              "192.0.2.2 proxy.example.com a\n"
              "192.0.2.3 last.example.com");
    expect(&w, "proxy.example.com", "192.0.2.1 [2001:db8::1] 192.0.2.2");
    expect(&w, "PROXY.example.com.", "192.0.2.1 [2001:db8::1] 192.0.2.2");
    expect(&w, "proxy", "192.0.2.1");
    expect(&w, "a", "192.0.2.2");
    expect(&w, "last.example.com", "192.0.2.3");
    expect(&w, "other", "");
    expect(&w, "with.a.name", "");
    expect(&w, "lost.example.com", "");
    expect(&w, "example.com", "");
    expect(&w, "proxy.example.co", "");
    expect(&w, "proxy.example.com.au", "");
    expect(&w, "", "");
    expect(&w, ".", "");
    assert_int_equal(w.hosts.count, 6);
    finish(&w);
}

/* As often as it is asked, the file is read once for each change of its stamp. */
static void test_when_it_is_read(void **state)
{
    struct timespec times[2];
    struct stat before;
    world w;

    (void)state;
    start(&w, "192.0.2.1 a\n");
    expect(&w, "a", "192.0.2.1");
    /* A change that leaves no trace is not seen: what is answered comes from memory. */
    assert_int_equal(stat(w.path, &before), 0);
    put(&w, "192.0.2.2 a\n", 12);
    times[0] = before.st_atim;
    times[1] = before.st_mtim;
    assert_int_equal(utimensat(AT_FDCWD, w.path, times, 0), 0);
    w.now_ms = 5 * EVERY_MS;
    expect(&w, "a", "192.0.2.1");
    /* A change is seen at the next look. */
    put(&w, "192.0.2.30 a\n", 13);
    w.now_ms += EVERY_MS - 1;
    expect(&w, "a", "192.0.2.1");
    w.now_ms++;
    expect(&w, "a", "192.0.2.30");
    put(&w, "", 0);
    w.now_ms += EVERY_MS;
    expect(&w, "a", "");
    finish(&w);
}

static void test_a_pipe_is_no_file(void **state)
{
    world w;

    (void)state;
    start(&w, "");
    assert_int_equal(unlink(w.path), 0);
    assert_int_equal(mkfifo(w.path, 0600), 0);
    expect(&w, "a", ""); /* nobody waits for a writer */
    finish(&w);
}

static void test_zeroes(void **state)
{
    world w;

    (void)state;
    start(&w, "");
    put(&w, "192.0.2.1 a\0b c\n192.0.2.2 d\n", 28);
    expect(&w, "a", "192.0.2.1"); /* as text, it ends there */
    expect(&w, "d", "");
    finish(&w);
}

/* Lists of names that lead nowhere may be long: what is beyond the bound is left out. */
static void test_bounds(void **state)
{
    size_t lines = SIP__HOSTS_FILE_BYTES / 32 + 9;
    char *text = malloc(lines * 32 + 1);
    world w;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < lines; i++) {
        (void)snprintf(text + i * 32, 33, "0.0.0.0 n%07u               \n", (unsigned)i);
    }
    start(&w, "");
    put(&w, text, lines * 32);
    expect(&w, "n0000007", "0.0.0.0");
    assert_int_equal(w.hosts.count, SIP__HOSTS_FILE_BYTES / 32);
    memset(text, ' ', lines * 32);
    memcpy(text, "10.0.0.1", 8);
    for (size_t i = 10; i < lines * 32; i += 2) {
        text[i] = 'a';
    }
    put(&w, text, lines * 32);
    w.now_ms = EVERY_MS;
    expect(&w, "b", "");
    assert_int_equal(w.hosts.count, SIP__HOSTS_FILE_NAMES);
    free(text);
    finish(&w);
}

/* What cannot be read for want of memory is read later, and what was known holds until then. */
static void test_without_memory(void **state)
{
    fail_alloc fail;
    world w;

    (void)state;
    start(&w, "192.0.2.1 a\n");
    for (size_t n = 1; n <= 2; n++) {
        fail_alloc_init(&fail, 0);
        sip__hosts_file_init(&w.hosts, &fail.allocator, w.path, EVERY_MS);
        put(&w, "192.0.2.1 a\n", 12);
        expect(&w, "a", "192.0.2.1");
        put(&w, "192.0.2.22 a\n", 13);
        fail.fail_at = fail.calls + n;
        w.now_ms += EVERY_MS;
        expect(&w, "a", "192.0.2.1");
        assert_true(fail.failed);
        w.now_ms += EVERY_MS;
        expect(&w, "a", "192.0.2.22");
        sip__hosts_file_finish(&w.hosts);
        assert_int_equal(fail.live, 0);
    }
    finish(&w);
}

static void test_of_the_system(void **state)
{
    sip__hosts_file hosts = {0};

    (void)state;
    sip__hosts_file_finish(&hosts);
    sip__hosts_file_init(&hosts, sip_allocator_default(), NULL, EVERY_MS);
    assert_string_equal(hosts.watch.path, "/etc/hosts");
    sip__hosts_file_finish(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_says),  cmocka_unit_test(test_when_it_is_read),
        cmocka_unit_test(test_zeroes),        cmocka_unit_test(test_a_pipe_is_no_file),
        cmocka_unit_test(test_bounds),        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_of_the_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
