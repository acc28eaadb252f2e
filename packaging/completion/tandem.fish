# Completion of tandem(8) in fish.
complete -c tandem -f -a '(/usr/libexec/tandem/complete (commandline -opc) (commandline -ct) 2>/dev/null)'
complete -c tandem -n 'string match -q -- --socket (commandline -opc)[-1]' -F
