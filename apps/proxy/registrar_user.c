#include "proxy/registrar_user.h"

static const char *const its_methods[] = {"REGISTER", NULL};

static bool find_a1(dum_manager *dum, sip_str user, sip_str realm, sip_digest_algorithm algorithm,
                    char a1_hex[SIP_DIGEST_HEX_BYTES], void *user_data)
{
    const char *password = proxy_options_password(user_data, user);

    (void)dum;
    return password != NULL &&
           sip_digest_a1(algorithm, user, realm, sip_str_of(password), a1_hex) == 0;
}

static const dum_server_auth_handler passwords = {.find_a1 = find_a1};
static const dum_registrar_handler bindings = {0};

int registrar_user_create(sip_stack *stack, const proxy_options *options,
                          dum_registrar **ret_registrar)
{
    dum_config manager = {
        .domains = (const char *const *)options->domains.items,
        .methods = its_methods,
    };
    dum_registrar_config registrar = {.min_expires_s = options->min_expires_s};
    dum_server_auth_config auth = {.realm = options->domains.items[0]};
    dum_manager *dum;
    int err = dum_manager_create(stack, &manager, &dum);

    if (err == 0 && options->users.count > 0) {
        err = dum_manager_set_server_auth(dum, &auth, &passwords, (void *)options);
    }
    if (err == 0) {
        err = dum_registrar_create(dum, &registrar, &bindings, NULL, ret_registrar);
    }
    return err;
}
