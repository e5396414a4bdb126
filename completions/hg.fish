# fish completion for hg. Asks the program itself: nothing here needs to know its commands.
#
# Install as ~/.config/fish/completions/hg.fish.

function __hg_ask
    HGPLAINEXCEPT=alias command hg $argv 2>/dev/null
end

function __hg_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -R --repository --cwd --config --config-file --color --encoding --pager
                set skip 1
            case '-*'
            case '*'
                echo $word
                return 0
        end
    end
    return 1
end

function __hg_options
    set -l name (__hg_command)
    __hg_ask debugcomplete --options $name
end

complete -c hg -f -n 'not __hg_command >/dev/null' -a '(__hg_ask debugcomplete (commandline -ct))'
complete -c hg -f -n 'string match -q -- "-*" (commandline -ct)' -a '(__hg_options)'
complete -c hg -n '__hg_command >/dev/null' -a '(__hg_ask debugnamecomplete (commandline -ct))'
complete -c hg -n 'contains -- (__hg_command) pull push incoming outgoing clone' -a '(__hg_ask paths -q)'
complete -c hg -n 'test (__hg_command) = help' -f -a '(__hg_ask debugcomplete (commandline -ct))'
