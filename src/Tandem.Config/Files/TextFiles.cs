using System.Globalization;
using System.Text;
using Tandem.Config.Disk;

namespace Tandem.Config.Files;

/// <summary>Finds and reads text files, with limits. Blocks on the disk.</summary>
internal static class TextFiles
{
    /// <summary>Maximum size of a file in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Maximum number of files of a directory.</summary>
    public const int MaxFiles = 256;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file itself, or the files <c>*.yaml</c> of a directory in lexical order.</summary>
    public static IReadOnlyList<string> List(string path, Findings errors)
    {
        try
        {
            if (!Directory.Exists(path))
                return [path];
            // Directories and others included: what has such a name and is no file is an error.
            var files = Directory
                .EnumerateFileSystemEntries(path, "*.yaml")
                .Where(file => !Path.GetFileName(file).StartsWith('.'))
                .Take(MaxFiles + 1)
                .Order(StringComparer.Ordinal)
                .ToList();
            if (files.Count <= MaxFiles)
                return files;
            errors.Add(new Place(path), "", $"the directory has more than {MaxFiles} files", "merge some of them");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new Place(path), "", $"cannot be read: {e.Message}");
        }
        return [];
    }

    /// <summary>Reads a file; null if it cannot be read, which is recorded.</summary>
    /// <param name="file">The file.</param>
    /// <param name="errors">Receives the reason.</param>
    /// <param name="mayBePipe">Whether it may be a pipe instead, whose writer is awaited.</param>
    public static string? Read(string file, Findings errors, bool mayBePipe = false)
    {
        try
        {
            using var stream = FileKind.OpenRead(file, mayBePipe);
            var bytes = new byte[MaxBytes + 1];
            var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > MaxBytes)
                errors.Add(new Place(file), "", $"the file is larger than {MaxBytes / 1024} KiB", "split it");
            else
                return Decode(file, bytes.AsSpan(0, count), errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new Place(file), "", $"cannot be read: {e.Message}");
        }
        return null;
    }

    private static string? Decode(string file, ReadOnlySpan<byte> bytes, Findings errors)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var wrong = FirstInvalid(bytes);
        if (wrong < 0)
            return Strict.GetString(bytes);
        var line = bytes[..wrong].Count((byte)'\n') + 1;
        var column = wrong - bytes[..wrong].LastIndexOf((byte)'\n');
        var octet = bytes[wrong].ToString("x2", CultureInfo.InvariantCulture);
        errors.Add(new Place(file, line, column), "", $"the byte 0x{octet} is not UTF-8", "save the file in UTF-8");
        return null;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; )
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) != System.Buffers.OperationStatus.Done)
                return at;
            at += length;
        }
        return -1;
    }
}
