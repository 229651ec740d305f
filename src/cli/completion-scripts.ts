/**
 * What shells read to complete command lines of `stowage`. Each asks the program itself, so that a script that was kept
 * knows what a newer program can do. The program answers a line for each candidate: the word, a tab, what it is; and
 * `:files` where the shell is to add names of files.
 */

export type Shell = "bash" | "zsh" | "fish";

export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

const bash = `# stowage, completed in bash 4 and later.
_stowage() {
  local value word=\${COMP_WORDS[COMP_CWORD]} line=\${COMP_LINE:0:COMP_POINT} open=1
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ $value == :files ]]; then
      while IFS= read -r value; do
        compopt -o filenames
        COMPREPLY+=("$value")
        open=
      done < <(compgen -f -- "$word")
    else
      # As of a file: what a shell would read is quoted, and of a list only the last part is shown.
      [[ $value == *//?* ]] && compopt -o filenames
      [[ $value == *[/=] ]] || open=
      COMPREPLY+=("$value")
    fi
  done < <("\${COMP_WORDS[0]}" completion bash --word-breaks "$COMP_WORDBREAKS" --complete "$line" 2>/dev/null)
  [[ -n $open ]] && compopt -o nospace
  return 0
}
complete -F _stowage stowage
`;

const zsh = `#compdef stowage
# stowage, completed in zsh.
_stowage() {
  local value description
  local -a names places texts
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      _files
    elif [[ $value == *[/=] ]]; then
      places+=("$value")
    else
      names+=("$value")
      [[ -n $description ]] && texts+=("$value  -- $description")
    fi
  done < <("\${words[1]}" completion zsh --complete "\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)
  (( \${#places} )) && compadd -S '' -- "\${places[@]}"
  if (( \${#texts} )); then
    compadd -l -d texts -- "\${names[@]}"
  elif (( \${#names} )); then
    compadd -- "\${names[@]}"
  fi
  return 0
}
if [[ \${funcstack[1]} == _stowage ]]; then _stowage "$@"; else compdef _stowage stowage; fi
`;

const fish = `# stowage, completed in fish.
function __stowage_complete
  set -l tokens (commandline -opc)
  for line in ($tokens[1] completion fish --complete (commandline -cp | string collect) 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c stowage -f -a '(__stowage_complete)'
`;

/** The script of each shell. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
