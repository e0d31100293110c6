#include "proxy/proxy_options.h"

#include "common/say.h"
#include "common/version.h"
#include <errno.h>
#include <getopt.h>
#include <sip/uri.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: parley-proxy --listen WHERE --domain NAME [OPTION]…\n"
    "\n"
    "A registrar and a record-routing, forking, stateful proxy for the domains given.\n"
    "\n"
    "  --listen WHERE        udp:HOST:PORT, tcp:, tls:, ws: or wss:HOST:PORT; may be repeated\n"
    "  --domain NAME         a domain that is ours; may be repeated\n"
    "  --user NAME:PASSWORD  a user who may register, with digest; may be repeated\n"
    "  --users-file FILE     such users, one a line; lines that begin with # are skipped\n"
    "                        Without users anybody may register any name.\n"
    "  --min-expires SECONDS shortest registration (60)\n"
    "  --secret FILE         a line of at least 16 characters, to know dialogs again after a\n"
    "                        restart; else requests inside older ones count as new ones\n"
    "  --stateless           keep nothing of what passes: no forks, a call goes to one phone\n"
    "  --obey-maddr          answer where the maddr in a request's Via says, whoever wrote it\n"
    "  --ws-path PATH        of ws and wss: the only path that is served; else any\n"
    "  --ws-origin ORIGIN    a web site whose pages may connect; may be repeated; else "
    "any\n" TRANSPORT_USAGE
    "  --trace HOW           ladder or messages: show what passes\n" TRACE_USAGE
    "  --metrics IP:PORT     serve /metrics (for Prometheus), /metrics.json and /stats over HTTP\n"
    "  --column NAME=HOST:PORT  name a column of the ladder; may be repeated\n"
    "  --verbose             say on standard error why connections fail, and the like\n" LOG_USAGE
        TLS_USAGE "  --help, --version\n"
    "\n"
    "Exit status: 0 stopped by a signal, 1 could not run, 2 wrong usage.\n";

enum {
    OPT_LISTEN = 256,
    OPT_DOMAIN,
    OPT_USER,
    OPT_USERS_FILE,
    OPT_MIN_EXPIRES,
    OPT_SECRET,
    OPT_OBEY_MADDR,
    OPT_STATELESS,
    OPT_WS_PATH,
    OPT_WS_ORIGIN,
    OPT_COLUMN,
    OPT_METRICS,
    OPT_VERBOSE,
    OPT_HELP,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"domain", required_argument, NULL, OPT_DOMAIN},
    {"user", required_argument, NULL, OPT_USER},
    {"users-file", required_argument, NULL, OPT_USERS_FILE},
    {"min-expires", required_argument, NULL, OPT_MIN_EXPIRES},
    {"secret", required_argument, NULL, OPT_SECRET},
    {"stateless", no_argument, NULL, OPT_STATELESS},
    {"obey-maddr", no_argument, NULL, OPT_OBEY_MADDR},
    {"ws-path", required_argument, NULL, OPT_WS_PATH},
    {"ws-origin", required_argument, NULL, OPT_WS_ORIGIN},
    TRANSPORT_LONG_OPTIONS,
    TRACE_LONG_OPTIONS,
    {"column", required_argument, NULL, OPT_COLUMN},
    {"metrics", required_argument, NULL, OPT_METRICS},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    LOG_LONG_OPTIONS,
    TLS_LONG_OPTIONS,
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static int bad(const char *what, const char *value, const char *mend)
{
    say_error(PROXY_PROGRAM, "%s '%s': %s", what, value, mend);
    return 2;
}

static int add(words *list, const char *text)
{
    if (words_add(list, text)) {
        return -1;
    }
    say_error(PROXY_PROGRAM, "out of memory");
    return 1;
}

static int add_domain(proxy_options *options, const char *name)
{
    char text[300];
    sip_uri uri;
    int len = snprintf(text, sizeof text, "sip:%s", name);

    if (len < 0 || (size_t)len >= sizeof text || sip_uri_parse(sip_str_of(text), &uri) != 0 ||
        !sip_str_equal(uri.host, name)) {
        return bad("--domain", name, "must be a host name or address, such as example.com");
    }
    return add(&options->domains, name);
}

static int add_user(proxy_options *options, const char *text)
{
    const char *colon = strchr(text, ':');

    if (colon == NULL || colon == text || colon[1] == '\0') {
        return bad("--user", text, "must be NAME:PASSWORD");
    }
    return add(&options->users, text);
}

static int add_users_line(proxy_options *options, const char *path, unsigned n, char *line)
{
    size_t len = strcspn(line, "\r\n");
    const char *colon = strchr(line, ':');

    if (line[len] == '\0' && len > 512) {
        say_error(PROXY_PROGRAM, "%s:%u: is longer than 512 bytes", path, n);
        return 2;
    }
    line[len] = '\0';
    if (len == 0 || line[0] == '#') {
        return -1;
    }
    if (colon == NULL || colon == line || colon[1] == '\0') {
        say_error(PROXY_PROGRAM, "%s:%u: must be NAME:PASSWORD", path, n);
        return 2;
    }
    return add(&options->users, line);
}

static int add_users_file(proxy_options *options, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t before = options->users.count;
    char line[514]; /* 512, their end, and a zero */
    int status = -1;

    if (file == NULL) {
        return bad("--users-file", path, strerror(errno));
    }
    for (unsigned n = 1; status < 0 && fgets(line, sizeof line, file) != NULL; n++) {
        status = add_users_line(options, path, n, line);
    }
    if (status < 0 && ferror(file) != 0) {
        status = bad("--users-file", path, "cannot be read");
    }
    fclose(file);
    if (status < 0 && options->users.count == before) {
        status = bad("--users-file", path, "has no user; its lines must be NAME:PASSWORD");
    }
    return status;
}

static int set_min_expires(proxy_options *options, const char *text)
{
    char *end;
    unsigned long seconds = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || seconds == 0 || seconds > 3600) {
        return bad("--min-expires", text, "must be 1 to 3600 seconds");
    }
    options->min_expires_s = (uint32_t)seconds;
    return -1;
}

static int read_secret(proxy_options *options, const char *path)
{
    FILE *file = fopen(path, "r");
    bool read;

    if (file == NULL) {
        return bad("--secret", path, strerror(errno));
    }
    read = fgets(options->secret, sizeof options->secret, file) != NULL;
    fclose(file);
    options->secret[read ? strcspn(options->secret, "\r\n") : 0] = '\0';
    return strlen(options->secret) >= 16
               ? -1
               : bad("--secret", path, "its first line must have at least 16 characters");
}

static int print_and_leave(const char *text)
{
    fputs(text, stdout);
    return 0;
}

static int set_option(proxy_options *options, int option, char **argv)
{
    if (trace_options_has(option)) {
        return trace_options_set(&options->trace, option, optarg, PROXY_PROGRAM);
    }
    if (tls_options_has(option)) {
        return tls_options_set(&options->tls, option, optarg, PROXY_PROGRAM);
    }
    if (log_options_has(option)) {
        return log_options_set(&options->log, option, optarg, PROXY_PROGRAM);
    }
    if (transport_options_has(option)) {
        return transport_options_set(&options->transport, option, optarg, PROXY_PROGRAM);
    }
    switch (option) {
    case OPT_LISTEN:
        return add(&options->listen, optarg);
    case OPT_DOMAIN:
        return add_domain(options, optarg);
    case OPT_USER:
        return add_user(options, optarg);
    case OPT_USERS_FILE:
        return add_users_file(options, optarg);
    case OPT_MIN_EXPIRES:
        return set_min_expires(options, optarg);
    case OPT_SECRET:
        return read_secret(options, optarg);
    case OPT_STATELESS:
        options->stateless = true;
        return -1;
    case OPT_OBEY_MADDR:
        options->obey_maddr = true;
        return -1;
    case OPT_WS_PATH:
        options->ws_path = optarg;
        return *optarg == '/' ? -1 : bad("--ws-path", optarg, "must begin with /");
    case OPT_WS_ORIGIN:
        return add(&options->ws_origins, optarg);
    case OPT_COLUMN:
        return add(&options->columns, optarg);
    case OPT_METRICS:
        return trace_host_port_parse(optarg, &options->metrics) == 0
                   ? -1
                   : bad("--metrics", optarg, "must be IP:PORT");
    case OPT_VERBOSE:
        options->verbose = true;
        return -1;
    case OPT_HELP:
        return print_and_leave(usage);
    case OPT_VERSION:
        return print_and_leave(PROXY_PROGRAM " " PARLEY_VERSION "\n");
    default:
        say_bad_option(PROXY_PROGRAM, option, argv);
        return 2;
    }
}

int proxy_options_parse(proxy_options *options, int argc, char **argv)
{
    int option, status = -1;

    *options = (proxy_options){0};
    opterr = 0;
    while (status < 0 && (option = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
        status = set_option(options, option, argv);
    }
    if (status < 0 && optind < argc) {
        status = bad("argument", argv[optind], "is one too many; see --help");
    }
    if (status < 0 && (options->listen.count == 0 || options->domains.count == 0)) {
        say_error(PROXY_PROGRAM, "--listen and --domain are needed; see --help");
        status = 2;
    }
    if (status < 0) {
        status = transport_options_check(&options->transport, &options->listen, PROXY_PROGRAM);
    }
    return status;
}

void proxy_options_finish(proxy_options *options)
{
    words_clear(&options->listen);
    words_clear(&options->domains);
    words_clear(&options->columns);
    words_clear(&options->users);
    words_clear(&options->ws_origins);
    transport_options_finish(&options->transport);
}

const char *proxy_options_password(const proxy_options *options, sip_str user)
{
    for (size_t i = 0; i < options->users.count; i++) {
        const char *entry = options->users.items[i];
        size_t len = strcspn(entry, ":");

        if (user.len == len && memcmp(user.ptr, entry, len) == 0) {
            return entry + len + 1;
        }
    }
    return NULL;
}
