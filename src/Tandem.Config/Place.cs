namespace Tandem.Config;

/// <summary>A place in a file.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line, from 1; 0 for the whole file.</param>
/// <param name="Column">The column, from 1; 0 for the whole line.</param>
public readonly record struct Place(string File, int Line = 0, int Column = 0)
{
    /// <summary>As compilers print it: <c>FILE:LINE:COLUMN</c>, without the parts that are not known.</summary>
    public override string ToString() =>
        (Line, Column) switch
        {
            (0, _) => File,
            (_, 0) => $"{File}:{Line}",
            _ => $"{File}:{Line}:{Column}",
        };
}
