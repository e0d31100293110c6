#include "phone/phone_options.h"

#include "common/say.h"
#include "common/version.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: parley-phone --aor URI [OPTION]… [COMMAND]…\n"
    "\n"
    "A telephone on the command line. Commands come as arguments or, without any, as lines on\n"
    "standard input.\n"
    "\n"
    "  --aor URI             who we are, sip:alice@example.com\n"
    "  --registrar URI       where to register; else the AOR's host\n"
    "  --proxy URI           send every request there first\n"
    "  --auth-user NAME      user name for digest; else the AOR's user\n"
    "  --password WORD       password for digest\n"
    "  --password-file FILE  take the password from the first line of FILE\n"
    "  --listen WHERE        udp:HOST:PORT, tcp:, tls:, ws: or wss:HOST:PORT, may be repeated;\n"
    "                        port 0 takes a free one; else udp:0.0.0.0:0 and tcp:0.0.0.0:0, and\n"
    "                        what the URIs above ask for: tls:0.0.0.0:0 (with one of the TLS\n"
    "                        options too), ws:0.0.0.0:0, wss:0.0.0.0:0; and of --transport\n"
    "  --ws-path PATH        of WebSocket connections: the one to ask for (/), the only one to "
    "serve\n" TRANSPORT_USAGE
    "  --name-servers LIST   IP[:PORT],… to ask for names instead of the system's\n"
    "  --answer HOW          auto, manual (the default), or a code of 300 to 699 to refuse with\n"
    "  --strict-user         refuse requests for another user than the AOR's with 404\n"
    "  --json                print each event as one JSON object a line, and nothing else\n"
    "  --trace HOW           ladder or messages: show what passes (on standard error with "
    "--json)\n" TRACE_USAGE
    "  --verbose             say on standard error why connections fail, and the like\n" LOG_USAGE
        TLS_USAGE "  --help, --version\n"
    "\n"
    "Commands:\n"
    "  register              register, and stay registered\n"
    "  unregister\n"
    "  call URI              begin a call; it fails if the call is not answered\n"
    "  answer                answer the call that rings here\n"
    "  reject [CODE]         refuse it (486)\n"
    "  hold, resume\n"
    "  message URI TEXT      send a text\n"
    "  options URI           ask what another can do\n"
    "  hangup                end the present call\n"
    "  wait EVENT [SECONDS]  wait until EVENT has happened (30)\n"
    "  sleep SECONDS\n"
    "  status                print registration and calls\n"
    "  quit                  end calls, unregister, and leave\n"
    "\n"
    "Events: registered unregistered registration-failed registration-retrying calling incoming\n"
    "ringing progress connected held resumed hold-failed moved message message-sent\n"
    "message-failed options-answered options-failed terminated status error\n"
    "\n"
    "Exit status: 0 all commands succeeded, 1 one failed, 2 wrong usage.\n";

enum {
    OPT_AOR = 256,
    OPT_REGISTRAR,
    OPT_PROXY,
    OPT_AUTH_USER,
    OPT_PASSWORD,
    OPT_PASSWORD_FILE,
    OPT_LISTEN,
    OPT_WS_PATH,
    OPT_NAME_SERVERS,
    OPT_ANSWER,
    OPT_STRICT_USER,
    OPT_JSON,
    OPT_VERBOSE,
    OPT_HELP,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"aor", required_argument, NULL, OPT_AOR},
    {"registrar", required_argument, NULL, OPT_REGISTRAR},
    {"proxy", required_argument, NULL, OPT_PROXY},
    {"auth-user", required_argument, NULL, OPT_AUTH_USER},
    {"password", required_argument, NULL, OPT_PASSWORD},
    {"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"ws-path", required_argument, NULL, OPT_WS_PATH},
    {"name-servers", required_argument, NULL, OPT_NAME_SERVERS},
    {"answer", required_argument, NULL, OPT_ANSWER},
    {"strict-user", no_argument, NULL, OPT_STRICT_USER},
    {"json", no_argument, NULL, OPT_JSON},
    TRANSPORT_LONG_OPTIONS,
    TRACE_LONG_OPTIONS,
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    LOG_LONG_OPTIONS,
    TLS_LONG_OPTIONS,
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static int bad(const char *what, const char *value, const char *mend)
{
    say_error(PHONE_PROGRAM, "%s '%s': %s", what, value, mend);
    return 2;
}

static char *copy_text(const char *text)
{
    return sip_strdup(sip_allocator_default(), sip_str_of(text));
}

/* @param ret_line  the first line of a file without its end, to be freed @return what is wrong;
 * NULL: nothing */
static const char *first_line(const char *path, char **ret_line)
{
    char line[258]; /* 256, their end, and a zero */
    FILE *file = fopen(path, "r");
    char *read;

    if (file == NULL) {
        return strerror(errno);
    }
    errno = 0;
    read = fgets(line, sizeof line, file);
    fclose(file);
    if (read == NULL && errno != 0) {
        return strerror(errno);
    }
    if (read == NULL || strcspn(line, "\r\n") == 0) {
        return "its first line must be the password, and is empty";
    }
    if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n') {
        return "its first line must be the password, of at most 256 bytes";
    }
    line[strcspn(line, "\r\n")] = '\0';
    *ret_line = copy_text(line);
    return *ret_line != NULL ? NULL : "out of memory";
}

static int set_password_file(phone_options *options, const char *path)
{
    char *line = NULL;
    const char *why = first_line(path, &line);

    if (why != NULL) {
        return bad("--password-file", path, why);
    }
    sip_free(sip_allocator_default(), options->password);
    options->password = line;
    return -1;
}

static int set_password(phone_options *options, const char *password)
{
    if (*password == '\0') {
        return bad("--password", password, "must not be empty");
    }
    sip_free(sip_allocator_default(), options->password);
    options->password = copy_text(password);
    return options->password != NULL ? -1 : 1;
}

static int set_answer(phone_options *options, const char *text)
{
    char *end;
    long code = strtol(text, &end, 10);

    if (strcmp(text, "auto") == 0) {
        options->answer = ANSWER_AUTO;
    } else if (strcmp(text, "manual") == 0) {
        options->answer = ANSWER_MANUAL;
    } else if (*end == '\0' && code >= 300 && code <= 699) {
        options->answer = ANSWER_REJECT;
        options->answer_code = (int)code;
    } else {
        return bad("--answer", text, "must be auto, manual, or a code of 300 to 699");
    }
    return -1;
}

static int set_uri(const char **option, const char *name, const char *text)
{
    sip_address address;

    if (sip_address_parse(sip_str_of(text), &address) != 0 ||
        (address.uri.scheme != SIP_SCHEME_SIP && address.uri.scheme != SIP_SCHEME_SIPS)) {
        return bad(name, text, "must be a SIP URI such as sip:alice@example.com");
    }
    *option = text;
    return -1;
}

static int print_and_leave(const char *text)
{
    fputs(text, stdout);
    return 0;
}

static int set_value(phone_options *options, int option)
{
    switch (option) {
    case OPT_AOR:
        return set_uri(&options->aor, "--aor", optarg);
    case OPT_REGISTRAR:
        return set_uri(&options->registrar, "--registrar", optarg);
    case OPT_PROXY:
        return set_uri(&options->proxy, "--proxy", optarg);
    case OPT_AUTH_USER:
        options->auth_user = optarg;
        return -1;
    case OPT_PASSWORD:
        return set_password(options, optarg);
    case OPT_PASSWORD_FILE:
        return set_password_file(options, optarg);
    case OPT_LISTEN:
        return words_add(&options->listen, optarg) ? -1 : 1;
    case OPT_WS_PATH:
        options->ws_path = optarg;
        return *optarg == '/' ? -1 : bad("--ws-path", optarg, "must begin with /");
    case OPT_NAME_SERVERS:
        options->name_servers = optarg;
        return -1;
    case OPT_ANSWER:
        return set_answer(options, optarg);
    default:
        return 2;
    }
}

static int set_flag(phone_options *options, int option, char **argv)
{
    if (trace_options_has(option)) {
        return trace_options_set(&options->trace, option, optarg, PHONE_PROGRAM);
    }
    if (log_options_has(option)) {
        return log_options_set(&options->log, option, optarg, PHONE_PROGRAM);
    }
    if (transport_options_has(option)) {
        return transport_options_set(&options->transport, option, optarg, PHONE_PROGRAM);
    }
    switch (option) {
    case OPT_STRICT_USER:
        options->strict_user = true;
        return -1;
    case OPT_JSON:
        options->json = true;
        return -1;
    case OPT_VERBOSE:
        options->verbose = true;
        return -1;
    case OPT_HELP:
        return print_and_leave(usage);
    case OPT_VERSION:
        return print_and_leave(PHONE_PROGRAM " " PARLEY_VERSION "\n");
    case ':':
    case '?':
        say_bad_option(PHONE_PROGRAM, option, argv);
        return 2;
    default:
        return tls_options_has(option)
                   ? tls_options_set(&options->tls, option, optarg, PHONE_PROGRAM)
                   : set_value(options, option);
    }
}

/* An address or a bare URI, whose parameters are its own here. */
static bool read_uri(const char *text, sip_uri *ret_uri)
{
    sip_address address;
    const bool is_address = strchr(text, '<') != NULL;

    if (!is_address) {
        return sip_uri_parse(sip_str_of(text), ret_uri) == 0;
    }
    if (sip_address_parse(sip_str_of(text), &address) != 0) {
        return false;
    }
    *ret_uri = address.uri;
    return true;
}

/* What a URI asks for beyond UDP and TCP; NONE: nothing. */
static sip_protocol asked_protocol(const char *text)
{
    sip_uri uri;

    if (text == NULL || !read_uri(text, &uri)) {
        return SIP_PROTOCOL_NONE;
    }
    switch (sip_uri_transport(&uri)) {
    case SIP_PROTOCOL_WSS:
        return SIP_PROTOCOL_WSS;
    case SIP_PROTOCOL_WS:
        return uri.scheme == SIP_SCHEME_SIPS ? SIP_PROTOCOL_WSS : SIP_PROTOCOL_WS;
    case SIP_PROTOCOL_TLS:
        return SIP_PROTOCOL_TLS;
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
    case SIP_PROTOCOL_TCP:
        break;
    }
    return uri.scheme == SIP_SCHEME_SIPS ? SIP_PROTOCOL_TLS : SIP_PROTOCOL_NONE;
}

static bool asks_for(const phone_options *options, sip_protocol protocol)
{
    return options->transport.preferred == protocol || asked_protocol(options->aor) == protocol ||
           asked_protocol(options->registrar) == protocol ||
           asked_protocol(options->proxy) == protocol;
}

/* @return false without memory */
static bool listen_everywhere(phone_options *options)
{
    const bool tls = options->tls.given || asks_for(options, SIP_PROTOCOL_TLS);

    return words_add(&options->listen, "udp:0.0.0.0:0") &&
           words_add(&options->listen, "tcp:0.0.0.0:0") &&
           (!tls || words_add(&options->listen, "tls:0.0.0.0:0")) &&
           (!asks_for(options, SIP_PROTOCOL_WS) || words_add(&options->listen, "ws:0.0.0.0:0")) &&
           (!asks_for(options, SIP_PROTOCOL_WSS) || words_add(&options->listen, "wss:0.0.0.0:0"));
}

int phone_options_parse(phone_options *options, int argc, char **argv)
{
    int option, status = -1;

    *options = (phone_options){0};
    opterr = 0;
    while (status < 0 && (option = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
        status = set_flag(options, option, argv);
    }
    if (status < 0 && options->aor == NULL) {
        say_error(PHONE_PROGRAM, "--aor is needed: who we are, such as sip:alice@example.com");
        status = 2;
    }
    if (status < 0 && options->listen.count == 0 && !listen_everywhere(options)) {
        status = 1;
    }
    if (status < 0) {
        status = transport_options_check(&options->transport, &options->listen, PHONE_PROGRAM);
    }
    options->commands = argv + optind;
    options->n_commands = argc - optind;
    return status;
}

void phone_options_finish(phone_options *options)
{
    sip_free(sip_allocator_default(), options->password);
    words_clear(&options->listen);
    transport_options_finish(&options->transport);
}
