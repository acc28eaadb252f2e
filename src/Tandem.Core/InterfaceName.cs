namespace Tandem.Core;

/// <summary>Names of network interfaces that the kernel accepts.</summary>
public static class InterfaceName
{
    /// <summary>Maximum length in bytes: IFNAMSIZ without the terminating zero.</summary>
    public const int MaxLength = 15;

    /// <summary>
    /// Whether a name is that of a directory for all or for new interfaces below /proc/sys/net. The kernel creates no interface with such
    /// a name.
    /// </summary>
    public static bool IsReserved(string name) => name is "all" or "default";

    /// <summary>Why a name is not accepted; null if it is.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0)
            return "the name is empty";
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxLength)
            return $"a name has at most {MaxLength} bytes";
        if (name is "." or "..")
            return "\".\" and \"..\" are not names";
        if (IsReserved(name))
            return "\"all\" and \"default\" are reserved: /proc/sys/net has directories of these names";
        foreach (var c in name)
        {
            // The kernel reads "%d" as a placeholder for a free number and refuses every other "%".
            if (c is '/' or '%' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
                return "a name has no white space, no control characters, no \"/\", no \":\" and no \"%\"";
        }
        return null;
    }
}
