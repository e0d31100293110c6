#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fail_alloc.h"
#include <sip/log.h>

static sip_time_ms now_ms;

static sip_time_ms read_ms(void *user_data)
{
    (void)user_data;
    return now_ms;
}

static int64_t read_s(void *user_data)
{
    (void)user_data;
    return 1000000000;
}

static const sip_clock fixed = {.now_ms = read_ms, .unix_s = read_s};

typedef struct place {
    char folder[64], path[96], moved[96];
    char text[65536];
} place;

static int set_up(void **state)
{
    place *where = calloc(1, sizeof(*where));

    snprintf(where->folder, sizeof(where->folder), "/tmp/parley-logger-XXXXXX");
    assert_non_null(mkdtemp(where->folder));
    snprintf(where->path, sizeof(where->path), "%s/log", where->folder);
    snprintf(where->moved, sizeof(where->moved), "%s/log.1", where->folder);
    now_ms = 5000;
    *state = where;
    return 0;
}

static int tear_down(void **state)
{
    place *where = *state;

    (void)unlink(where->path);
    (void)unlink(where->moved);
    assert_int_equal(rmdir(where->folder), 0);
    free(where);
    return 0;
}

static const char *text_of(place *where, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t len = file == NULL ? 0 : fread(where->text, 1, sizeof(where->text) - 1, file);

    if (file != NULL) {
        fclose(file);
    }
    where->text[len] = '\0';
    return where->text;
}

static sip_logger *make(const sip_logger_config *config)
{
    sip_logger *logger = NULL;

    assert_int_equal(sip_logger_create(config, &logger), 0);
    return logger;
}

static void a_line_says_when_who_and_what(void **state)
{
    place *where = *state;
    sip_logger *logger =
        make(&(sip_logger_config){.to = where->path, .program = "parley-proxy", .clock = &fixed});
    const sip_log *log = sip_logger_log(logger);
    struct stat info;

    sip_log_info(log, SIP_LOG_DNS, "%s is \"%s\"\n", "a.example", "b\\");
    sip_log_debug(log, SIP_LOG_DNS, "not wanted");
    sip_log_error(log, SIP_LOG_TLS, "expired");
    assert_string_equal(
        text_of(where, where->path),
        "2001-09-09T01:46:40.000000Z parley-proxy info dns: a.example is \"b\\\\\"\\x0a\n"
        "2001-09-09T01:46:40.000000Z parley-proxy error tls: expired\n");
    sip_logger_destroy(logger);
    assert_int_equal(stat(where->path, &info), 0);
    assert_int_equal(info.st_mode & 0007, 0); /* nothing for strangers */
    logger = make(&(sip_logger_config){.to = where->path, .clock = &fixed});
    sip_log_warning(sip_logger_log(logger), SIP_LOG_STACK, "again");
    sip_logger_destroy(logger);
    assert_non_null(strstr(text_of(where, where->path),
                           "expired\n2001-09-09T01:46:40.000000Z warning stack: again\n"));
}

static void json_is_an_object_a_line(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){
        .to = where->path, .program = "a\"b", .clock = &fixed, .format = SIP_LOG_JSON});

    sip_log_info(sip_logger_log(logger), SIP_LOG_APP, "say \"%s\"", "\t");
    sip_logger_destroy(logger);
    assert_string_equal(text_of(where, where->path),
                        "{\"time\":\"2001-09-09T01:46:40.000000Z\",\"program\":\"a\\\"b\","
                        "\"level\":\"info\",\"category\":\"app\",\"text\":\"say "
                        "\\\"\\\\x09\\\"\"}\n");
    assert_int_equal(unlink(where->path), 0);
    logger = make(&(sip_logger_config){.to = where->path, .clock = &fixed, .format = SIP_LOG_JSON});
    sip_log_info(sip_logger_log(logger), SIP_LOG_APP, "%01000d", 1);
    sip_logger_destroy(logger);
    assert_memory_equal(text_of(where, where->path),
                        "{\"time\":\"2001-09-09T01:46:40.000000Z\",\"level\":", 46);
    assert_non_null(strstr(where->text, "0001\"}\n"));
}

static void the_longest_line_stays_whole(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){.to = where->path,
                                                   .program = "1234567890123456789012345678901",
                                                   .clock = &fixed,
                                                   .format = SIP_LOG_JSON});
    char quotes[1001];
    size_t len;

    memset(quotes, '"', sizeof(quotes) - 1);
    quotes[sizeof(quotes) - 1] = '\0';
    sip_log_info(sip_logger_log(logger), SIP_LOG_TRANSACTION, "%s", quotes);
    sip_logger_destroy(logger);
    len = strlen(text_of(where, where->path));
    assert_true(len > 2000);
    assert_string_equal(where->text + len - 5, "\\\"\"}\n");
}

static void a_file_that_was_moved_away_is_left(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){.to = where->path, .clock = &fixed});
    const sip_log *log = sip_logger_log(logger);

    sip_log_info(log, SIP_LOG_STACK, "one");
    assert_int_equal(rename(where->path, where->moved), 0);
    sip_log_info(log, SIP_LOG_STACK, "two");
    assert_int_equal(sip_logger_reopen(logger), 0);
    sip_log_info(log, SIP_LOG_STACK, "three");
    assert_non_null(strstr(text_of(where, where->moved), "one\n"));
    assert_non_null(strstr(where->text, "two\n"));
    assert_null(strstr(where->text, "three"));
    assert_non_null(strstr(text_of(where, where->path), "three\n"));
    sip_logger_destroy(logger);
}

static void without_a_new_file_the_old_one_goes_on(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){.to = where->path, .clock = &fixed});

    assert_int_equal(rename(where->path, where->moved), 0);
    assert_int_equal(mkdir(where->path, 0700), 0);
    errno = 0;
    assert_int_equal(sip_logger_reopen(logger), SIP_EIO);
    assert_int_equal(errno, EISDIR);
    sip_log_info(sip_logger_log(logger), SIP_LOG_STACK, "on");
    assert_non_null(strstr(text_of(where, where->moved), "on\n"));
    assert_int_equal(rmdir(where->path), 0);
    sip_logger_destroy(logger);
}

static void beyond_so_many_a_second_lines_are_counted(void **state)
{
    place *where = *state;
    sip_logger *logger =
        make(&(sip_logger_config){.to = where->path, .clock = &fixed, .most_per_s = 2});
    const sip_log *log = sip_logger_log(logger);

    for (unsigned i = 0; i < 5; i++) {
        sip_log_info(log, SIP_LOG_STACK, "line %u", i);
    }
    assert_int_equal(sip_logger_lost(logger), 3);
    assert_non_null(strstr(text_of(where, where->path), "line 1\n"));
    assert_null(strstr(where->text, "line 2"));
    sip_log_error(log, SIP_LOG_STACK, "grave");
    assert_non_null(strstr(text_of(where, where->path),
                           "warning stack: 3 lines were left out\n2001-09-09T01:46:40.000000Z "
                           "error stack: grave\n"));
    now_ms += 1000;
    sip_log_info(log, SIP_LOG_STACK, "later");
    assert_non_null(strstr(text_of(where, where->path), "later\n"));
    assert_int_equal(sip_logger_lost(logger), 3);
    sip_logger_destroy(logger);
}

typedef struct writer {
    const sip_log *log;
    unsigned name;
} writer;

static void *write_many(void *arg)
{
    const writer *own = arg;

    for (unsigned i = 0; i < 100; i++) {
        sip_log_info(own->log, SIP_LOG_STACK, "from %u", own->name);
    }
    return NULL;
}

static void lines_of_threads_stay_whole_while_the_file_changes(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){.to = where->path, .clock = &fixed});
    writer writers[2] = {{sip_logger_log(logger), 1}, {sip_logger_log(logger), 2}};
    pthread_t threads[2];
    unsigned count = 0;

    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &writers[i]), 0);
    }
    assert_int_equal(rename(where->path, where->moved), 0);
    assert_int_equal(sip_logger_reopen(logger), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        char *line = (char *)text_of(where, i == 0 ? where->path : where->moved);

        for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            assert_true(strcmp(line, "2001-09-09T01:46:40.000000Z info stack: from 1") == 0 ||
                        strcmp(line, "2001-09-09T01:46:40.000000Z info stack: from 2") == 0);
            count++;
        }
        assert_int_equal(*line, '\0');
    }
    assert_int_equal(count, 200);
    assert_int_equal(sip_logger_lost(logger), 0);
    sip_logger_destroy(logger);
}

/* Standard error is replaced by the file for the time of the test. */
static void standard_error_is_where_lines_go_by_default(void **state)
{
    place *where = *state;
    sip_logger *logger = make(NULL);
    int saved = dup(STDERR_FILENO);
    int fd = open(where->path, O_WRONLY | O_CREAT, 0600);

    assert_true(saved >= 0 && fd >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    errno = EAGAIN;
    sip_log_info(sip_logger_log(logger), SIP_LOG_AUTH, "here");
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(saved) + close(fd), 0);
    assert_non_null(strstr(text_of(where, where->path), "Z info auth: here\n"));
    assert_int_equal(sip_logger_reopen(logger), 0);
    sip_logger_destroy(logger);
    assert_true(fcntl(STDERR_FILENO, F_GETFD) >= 0);
}

static void what_cannot_be_written_is_counted(void **state)
{
    sip_logger *logger = make(&(sip_logger_config){.to = "/dev/full"});

    (void)state;
    sip_log_info(sip_logger_log(logger), SIP_LOG_STACK, "no room");
    assert_int_equal(sip_logger_lost(logger), 1);
    sip_logger_destroy(logger);
}

static void syslog_takes_lines(void **state)
{
    sip_logger *logger = make(&(sip_logger_config){.to = "syslog", .levels = "debug"});

    (void)state;
    sip_log_debug(sip_logger_log(logger), SIP_LOG_STACK, "a test of parley's logger");
    assert_int_equal(sip_logger_lost(logger), 0);
    assert_int_equal(sip_logger_reopen(logger), 0);
    sip_logger_destroy(logger);
}

static void levels_are_its_own(void **state)
{
    place *where = *state;
    sip_logger *logger = make(&(sip_logger_config){.to = where->path, .levels = "off,dns=debug"});

    assert_ptr_equal(sip_logger_log(logger)->levels, sip_logger_levels(logger));
    sip_log_error(sip_logger_log(logger), SIP_LOG_STACK, "no");
    sip_log_debug(sip_logger_log(logger), SIP_LOG_DNS, "yes");
    assert_null(strstr(text_of(where, where->path), "no"));
    assert_non_null(strstr(where->text, "debug dns: yes\n"));
    sip_logger_destroy(logger);
}

static void what_cannot_be_made_is_said(void **state)
{
    const sip_logger_config folder = {.to = "/nonexistent/folder/log"};
    const sip_logger_config name = {.program = "12345678901234567890123456789012"};
    const sip_logger_config levels = {.levels = "loud"};
    sip_logger *logger = NULL;

    (void)state;
    errno = 0;
    assert_int_equal(sip_logger_create(&folder, &logger), SIP_EIO);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(sip_logger_create(&name, &logger), SIP_EINVAL);
    assert_int_equal(sip_logger_create(&levels, &logger), SIP_EINVAL);
    assert_int_equal(sip_logger_create(NULL, NULL), SIP_EINVAL);
    assert_null(logger);
    sip_logger_destroy(NULL);
    assert_null(sip_logger_log(NULL));
    assert_null(sip_logger_levels(NULL));
    assert_int_equal(sip_logger_reopen(NULL), 0);
    assert_int_equal(sip_logger_lost(NULL), 0);
}

static void want_of_memory_leaves_nothing(void **state)
{
    place *where = *state;
    sip_logger_config config = {.to = where->path};
    fail_alloc fail;
    size_t n = 0;

    do {
        sip_logger *logger = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        config.allocator = &fail.allocator;
        err = sip_logger_create(&config, &logger);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip_logger_destroy(logger);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 4);
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(a_line_says_when_who_and_what),
        ON_DISK(json_is_an_object_a_line),
        ON_DISK(the_longest_line_stays_whole),
        ON_DISK(a_file_that_was_moved_away_is_left),
        ON_DISK(without_a_new_file_the_old_one_goes_on),
        ON_DISK(beyond_so_many_a_second_lines_are_counted),
        ON_DISK(lines_of_threads_stay_whole_while_the_file_changes),
        ON_DISK(standard_error_is_where_lines_go_by_default),
        cmocka_unit_test(what_cannot_be_written_is_counted),
        cmocka_unit_test(syslog_takes_lines),
        ON_DISK(levels_are_its_own),
        cmocka_unit_test(what_cannot_be_made_is_said),
        ON_DISK(want_of_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
