namespace Tandem.Core;

/// <summary>What the kernel accepts as the name of a network interface.</summary>
public static class InterfaceName
{
    /// <summary>Longest name in bytes: IFNAMSIZ less the terminating zero.</summary>
    public const int MaxLength = 15;

    /// <summary>
    /// Whether a name is one of those that stand for all interfaces, or for new ones, below /proc/sys/net: the kernel makes no interface
    /// of that name.
    /// </summary>
    public static bool IsReserved(string name) => name is "all" or "default";

    /// <summary>Says what is wrong with a name, or null if it is fine.</summary>
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
            // The kernel reads "%d" as a pattern for a free number and refuses every other use of "%".
            if (c is '/' or '%' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
                return "a name has no white space, no control characters, no \"/\", no \":\" and no \"%\"";
        }
        return null;
    }
}
