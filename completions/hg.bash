# bash completion for hg. Asks the program itself: nothing here needs to know its commands.
#
# Source this file from ~/.bashrc, or install it as
# /usr/share/bash-completion/completions/hg.

_hg_command() {
    # The first word that is no option; sets `command` and `command_at`.
    local at word
    command= command_at=0
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        case $word in
            -R | --repository | --cwd | --config | --config-file | --color | --encoding | --pager)
                ((at++)) ;;
            -*) ;;
            *)
                command=$word command_at=$at
                return ;;
        esac
    done
}

_hg_lines() {
    local IFS=$'\n'
    COMPREPLY+=($(compgen -W "$1" -- "$current"))
}

_hg_ask() {
    HGPLAINEXCEPT=alias "$hg" "$@" 2>/dev/null
}

_hg_names() {
    _hg_lines "$(_hg_ask debugnamecomplete "$current")"
}

_hg() {
    local hg=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command command_at
    COMPREPLY=()
    _hg_command

    case $previous in
        -R | --repository | --cwd)
            compopt -o dirnames 2>/dev/null
            return ;;
        -r | --rev | --change | --from | --to | --base | -d | --dest)
            [[ -n $command ]] && { _hg_names; return; } ;;
        -b | --branch)
            _hg_lines "$(_hg_ask branches -T '{branch}\n')"
            return ;;
        -B | --bookmark)
            _hg_lines "$(_hg_ask bookmarks -T '{bookmark}\n')"
            return ;;
    esac

    if [[ -z $command ]]; then
        case $current in
            -*) _hg_lines "$(_hg_ask debugcomplete --options)" ;;
            *) _hg_lines "$(_hg_ask debugcomplete "$current")" ;;
        esac
        return
    fi
    if [[ $current == -* ]]; then
        _hg_lines "$(_hg_ask debugcomplete --options "$command")"
        return
    fi
    case $command in
        help) _hg_lines "$(_hg_ask debugcomplete "$current")" ;;
        pull | push | incoming | in | outgoing | out | clone)
            _hg_lines "$(_hg_ask paths -q)"
            compopt -o default 2>/dev/null ;;
        update | up | checkout | co | merge | log | export | graft | strip | rebase)
            _hg_names
            compopt -o default 2>/dev/null ;;
        commit | ci | revert | forget | remove | rm | diff | status | st)
            _hg_lines "$(_hg_ask debugpathcomplete "$current")"
            compopt -o default -o filenames 2>/dev/null ;;
        *) compopt -o default 2>/dev/null ;;
    esac
}

complete -F _hg -o bashdefault hg
