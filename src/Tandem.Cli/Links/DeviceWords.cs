using Tandem.Cli.CommandLine;
using Tandem.Core;

namespace Tandem.Cli.Links;

/// <summary>Device attributes that <c>link add</c> and <c>link set</c> share.</summary>
internal sealed class DeviceWords
{
    /// <summary>The MAC address; null if none was given.</summary>
    public string? Address { get; private set; }

    /// <summary>The MTU in bytes; null if none was given.</summary>
    public int? Mtu { get; private set; }

    /// <summary>Reads the value of a word if it is one of these attributes.</summary>
    public bool TryRead(string word, Arguments arguments)
    {
        if (word == "mtu")
        {
            Mtu = arguments.Number(word, 0, int.MaxValue);
            return true;
        }
        if (!Keyword.Matches(word, "address"))
            return false;
        var text = arguments.Value("address");
        if (!MacAddress.TryParse(text, out _))
            throw CommandException.BadValue("address", text, "not a MAC address", "six pairs of hexadecimal digits separated by colons");
        Address = text;
        return true;
    }
}
